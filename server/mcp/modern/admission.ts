/**
 * The checks of a message of the modern era before the SDK sees it. Each throws a {@link Rejection}. The SDK's own
 * answers to these faults repeat what the caller sent.
 */
import type { IncomingHttpHeaders } from "node:http";
import { classifyInboundRequest, type InboundModernRoute } from "@modelcontextprotocol/server";
import { Rejection } from "../rejection.ts";
import { claimedRevision, MODERN_REVISIONS } from "./era.ts";
import { checkHeaders, type HeaderRules } from "./headers.ts";

const HEADER_MISMATCH = -32020;
const UNSUPPORTED_VERSION = -32022;

export type Admitted = InboundModernRoute;

/** A message over stdio, which has no headers. @throws {Rejection} */
export function admit(body: unknown): Admitted {
  checkRevision(claimedRevision(body));
  return classified(body, {});
}

/** A message over HTTP. @param rules the headers of tools @throws {Rejection} */
export function admitHttp(body: unknown, headers: IncomingHttpHeaders, rules: HeaderRules): Admitted {
  const revision = header(headers, "mcp-protocol-version");
  const claimed = claimedRevision(body);
  if (typeof claimed === "string" && revision !== undefined && claimed !== revision) {
    throw new Rejection("header_mismatch");
  }
  checkRevision(claimed ?? revision);
  const admitted = classified(body, {
    ...(revision !== undefined && { protocolVersionHeader: revision }),
    ...(typeof headers["mcp-method"] === "string" && { mcpMethodHeader: headers["mcp-method"] }),
  });
  if (admitted.messageKind === "request") checkHeaders(admitted.message, headers, rules);
  return admitted;
}

/** What looks like the number of a version. */
const VERSION = /^v?\d[\d.-]{0,15}$/;

/**
 * Clients that know a newer revision ask for it first. The answer names those that they may ask for next, as
 * `server/discover` does: a revision with sessions cannot be asked for in `_meta`.
 */
function checkRevision(revision: unknown): void {
  if (typeof revision !== "string" || MODERN_REVISIONS.includes(revision)) return;
  const data = { supported: MODERN_REVISIONS, requested: VERSION.test(revision) ? revision : "" };
  throw new Rejection("unsupported_version", [400, UNSUPPORTED_VERSION, "Unsupported protocol version", {}, data]);
}

type Headers = Pick<Parameters<typeof classifyInboundRequest>[0], "protocolVersionHeader" | "mcpMethodHeader">;

function classified(body: unknown, headers: Headers): Admitted {
  const outcome = classifyInboundRequest({ httpMethod: "POST", ...headers, body });
  if (outcome.kind === "modern") return outcome;
  if (outcome.kind === "legacy" || outcome.rung === "jsonrpc-shape") throw new Rejection("invalid_message");
  if (outcome.code === HEADER_MISMATCH) throw new Rejection("header_mismatch");
  throw new Rejection("invalid_envelope");
}

/** Node.js makes a list of a repeated header only for a few names, none of them here. */
export const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
};
