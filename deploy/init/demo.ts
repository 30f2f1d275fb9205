/** The demo's agent and catalog: where they lie, and how they leave the files that others share with them. */

/** Theirs alone. */
export const DEMO_PATHS: readonly string[] = [];

/** Between lines with `demo:` and `:demo` in a comment. */
const REGION = /^[^\n]*\bdemo:(?: [^\n]*)?\n[\s\S]*?^[^\n]*:demo\b[^\n]*\n/gm;

export const withoutDemo = (_path: string, text: string): string => text.replace(REGION, "");
