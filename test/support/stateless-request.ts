/** Requests of revision 2026-07-28 as they are on the wire: for what no client sends. */
import { scaled } from "./wait.ts";

export const REVISION = "2026-07-28";
/** The prefix of what the protocol puts into `_meta`. */
export const META = "io.modelcontextprotocol/";

export const envelope = (own: Record<string, unknown> = {}): Record<string, unknown> => ({
  [`${META}protocolVersion`]: REVISION,
  [`${META}clientInfo`]: { name: "raw", version: "1.0.0" },
  [`${META}clientCapabilities`]: {},
  ...own,
});

/** @param meta the `_meta` of the request */
export const message = (
  method: string,
  params: Record<string, unknown> = {},
  meta = envelope(),
  id: string | number = 7,
) => ({ jsonrpc: "2.0", id, method, params: { ...params, _meta: meta } });

/** The headers that repeat a request's method and name. */
export const headersOf = (method: string, name?: string): Record<string, string> => ({
  "mcp-protocol-version": REVISION,
  "mcp-method": method,
  ...(name !== undefined && { "mcp-name": name }),
});

interface Sending {
  readonly token?: string;
  readonly method?: string;
  /** Disconnects. */
  readonly signal?: AbortSignal;
}

/** @param body undefined for none */
export function sendRaw(
  url: URL,
  body: unknown,
  headers: Record<string, string>,
  { token, method = "POST", signal }: Sending = {},
): Promise<Response> {
  const late = AbortSignal.timeout(scaled(30_000));
  return fetch(url, {
    method,
    signal: signal ? AbortSignal.any([signal, late]) : late,
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(method === "POST" && { body: JSON.stringify(body) }),
  });
}
