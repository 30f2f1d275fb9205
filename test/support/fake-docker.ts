/** A `docker` that answers as one whose engine is elsewhere, or here, and starts nothing. */
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** @param folder where it is written @param host what the current context names @returns PATH with it in front */
export function fakeDocker(folder: string, host: string): { PATH: string } {
  mkdirSync(folder, { recursive: true });
  const answers = [
    "#!/bin/sh",
    'case "$1 $2" in',
    `  "context inspect") echo "${host}" ;;`,
    '  "version --format") echo 28.2.2 ;;',
    '  "info "* | "compose version") ;;',
    '  *) echo "not expected: $*" >&2; exit 1 ;;',
    "esac",
  ];
  writeFileSync(join(folder, "docker"), `${answers.join("\n")}\n`, { mode: 0o755 });
  return { PATH: `${folder}${delimiter}${process.env.PATH}` };
}
