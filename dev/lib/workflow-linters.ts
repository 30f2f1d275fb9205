/** The programs that check the workflows: where they are, and how they are installed there. */
import { delimiter, join } from "node:path";
import { findProgram } from "../../deploy/stack/native/programs.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";

const TOOLS = join(ROOT, ".tools");
const ACTIONLINT = join(TOOLS, "actionlint");
const ZIZMOR = join(TOOLS, "zizmor");

interface WorkflowLinter {
  readonly name: string;
  /** The folder of the program, once it is installed. */
  readonly bin: string;
  /** Its arguments in front of the workflows. */
  readonly args: readonly string[];
  /** The program that installs it, its arguments, and what it needs in its environment. */
  readonly install: readonly [string, readonly string[], Readonly<Record<string, string>>];
}

export const WORKFLOW_LINTERS: readonly WorkflowLinter[] = [
  {
    name: "actionlint",
    bin: ACTIONLINT,
    // Without the programs that it calls where they happen to be installed.
    args: ["-shellcheck=", "-pyflakes="],
    install: ["go", ["install", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"], { GOBIN: ACTIONLINT }],
  },
  {
    name: "zizmor",
    bin: join(ZIZMOR, "bin"),
    args: ["--offline", "--no-progress", "--quiet"],
    install: ["python3", ["-m", "pip", "install", "--quiet", "--target", ZIZMOR, "zizmor==1.32.0"], {}],
  },
];

/** The linter on PATH, in a folder of STACK_BIN, or as `make programs` installs it. */
export const findLinter = ({ name, bin }: WorkflowLinter, variables: Variables): string | undefined =>
  findProgram([name], { ...variables, PATH: `${variables.PATH}${delimiter}${bin}` });
