/** The demo's agent and catalog: where they lie, and how they leave the files that others share with them. */

/** Theirs alone. */
export const DEMO_PATHS: readonly string[] = [
  "deploy/services/agent/main.ts",
  "deploy/services/catalog",
  "dev/screenshots/inspector.ts",
  "server/demo/lookup-item.ts",
  "server/test/pipeline.test.ts",
];

/** Lines from `demo:` to `:demo`; those after `demo else:` are what stays, out of their comment. */
const REGION =
  /^ *(?:\/\/|#|<!--) demo:.*\n[\s\S]*?^ *(?:\/\/|#|<!--) :demo.*\n|^ *(?:\/\/|#) demo else:\n[\s\S]*?^ *(?:\/\/|#) :demo\n/gm;
const ELSE = /^ *(?:\/\/|#) demo else:\n([\s\S]*?)^ *(?:\/\/|#) :demo/m;

/** A line of a list or table. */
const LINE = /^.*<!-- demo -->.*\n/gm;

/** Speaks of the marks, and has none. */
const HERE = /^dev\/init\//;
const RUNBOOKS = /^prometheus\/runbooks\//;

export function withoutDemo(path: string, text: string): string {
  if (HERE.test(path)) return text;
  const shared = text.replace(LINE, "").replace(REGION, (region) => {
    const stays = ELSE.exec(region)?.[1] ?? "";
    return stays.replace(/^( *)(?:\/\/|#) ?/gm, "$1");
  });
  return RUNBOOKS.test(path) ? shared.replaceAll("lookup_item", "add") : shared;
}
