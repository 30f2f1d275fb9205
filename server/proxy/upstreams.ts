/** The servers that this process stands in front of: one by its URL, or several by name from a YAML file. */
import { readFileSync } from "node:fs";
import { webUrl } from "mcp-telemetry/environment";
import { BootError } from "mcp-telemetry/listen";
import { parse } from "yaml";
import { z } from "zod";

export interface Upstream {
  /** Undefined where there is one. It becomes a label of metrics. */
  readonly name: string | undefined;
  readonly url: URL;
}

interface Settings {
  readonly upstream: string | undefined;
  readonly upstreamsFile: string | undefined;
}

const MAX_UPSTREAMS = 100;
const NAME = /^[a-z\d][a-z\d_-]{0,62}$/;

const file = z
  .record(z.string(), webUrl)
  .refine((upstreams) => Object.keys(upstreams).every((name) => NAME.test(name)), "expected names of a-z, 0-9, - and _")
  .refine((upstreams) => Object.keys(upstreams).length > 0, "expected lines of the form `name: URL`")
  .refine((upstreams) => Object.keys(upstreams).length <= MAX_UPSTREAMS, `expected at most ${MAX_UPSTREAMS} servers`);

/** @returns undefined where this process is a server itself @throws {BootError} that says what is wrong in which file */
export function readUpstreams({ upstream, upstreamsFile }: Settings): readonly Upstream[] | undefined {
  if (upstream !== undefined && upstreamsFile !== undefined) {
    throw new BootError("MCP_UPSTREAM and MCP_UPSTREAMS_FILE: set one of them");
  }
  if (upstream !== undefined) return [{ name: undefined, url: new URL(upstream) }];
  if (upstreamsFile === undefined) return undefined;
  const { data, error } = file.safeParse(contentOf(upstreamsFile));
  if (data === undefined) {
    const { path = [], message } = error?.issues[0] ?? {};
    throw new BootError(`MCP_UPSTREAMS_FILE: ${[...path, message].join(": ")}`);
  }
  return Object.entries(data).map(([name, url]) => ({ name, url: new URL(url) }));
}

function contentOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new BootError(`MCP_UPSTREAMS_FILE: cannot read ${path}`);
  }
  try {
    return parse(text);
  } catch {
    throw new BootError(`MCP_UPSTREAMS_FILE: ${path} is not YAML`);
  }
}
