/** What `DEMO=drop` and `TEMPLATE=drop` take away: files, folders, and lines that are marked. */
import { parse } from "yaml";
import { sortedJson } from "../lib/sorted-json.ts";
import type { Change } from "./rename.ts";

export const DEMO_PATHS: readonly string[] = [
  "deploy/services/agent/demo-calls.ts",
  "deploy/services/catalog",
  "dev/capture/traces.test.ts",
  "dev/demo.mk",
  "dev/drill/demo-drills.ts",
  "dev/screenshots/inspector.ts",
  "dev/traffic",
  "docker-compose.demo.yml",
  "docs/demo.md",
  "docs/inspector-dark.png",
  "docs/inspector-light.png",
  "server/demo",
];

/** The last one has this file: it is removed when all else is done. */
export const TEMPLATE_PATHS: readonly string[] = [
  ".github/workflows/template.yml",
  "dev/bench/servers/tutorial-instrumentation.ts",
  "dev/bench/servers/tutorial-variant.ts",
  "dev/bench/servers/tutorial.ts",
  "dev/check/recipe-diffs.test.ts",
  "dev/recipes",
  "dev/template.mk",
  "dev/init",
];

/** Has the texts below, and no mark of its own. */
const HERE = "dev/init/";
const MARKS = {
  demo: /^.*(?:\/\/|#|<!--) demo(?: -->.*)?\n/gm,
  template: /^.*(?:\/\/|#|<!--) template(?: -->.*)?\n/gm,
};

/** Removes lines that end in `// demo` or `# demo`, or have `<!-- demo -->`; `template` likewise. */
export const withoutMarked =
  (mark: keyof typeof MARKS): Change =>
  (path, text) => {
    if (path.startsWith(HERE)) return text;
    const left = text.replace(MARKS[mark], "");
    return left === text ? text : left.replace(/\n{3,}/g, "\n\n");
  };

/** Removes the demo's compose file from every list of compose files. */
export const withoutOverlay: Change = (path, text) =>
  path.startsWith(HERE) ? text : text.replaceAll(":docker-compose.demo.yml", "");

/** `npm test` leaves out the tests that `make template-test` runs. Once these are gone, it need not. */
export const withoutTemplateTests: Change = (path, text) =>
  path === "package.json" ? text.replace("dev/!(init|recipes)/**", "dev/**") : text;

const CAPTURED = /^grafana\/captured\//;
const SERVICE = "catalog";

/** Removes the demo's service from what was captured of a running stack. */
export const withoutCaptured: Change = (path, text) =>
  CAPTURED.test(path) ? sortedJson(withoutService(parse(text))) : text;

function withoutService(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((member) => member !== SERVICE);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(
    ([name, member]) => name !== SERVICE && !(Array.isArray(member?.jobs) && member.jobs.join() === SERVICE),
  );
  return Object.fromEntries(members.map(([name, member]) => [name, withoutService(member)]));
}
