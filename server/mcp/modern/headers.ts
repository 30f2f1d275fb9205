/**
 * Whether the headers of a request repeat what its body says. A proxy decides by the headers and this server by the body,
 * so both must agree. Headers of parameters are those that a tool's schema names by `x-mcp-header`. See the specification
 * 2026-07-28, Streamable HTTP, "Request Metadata".
 */
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import type { PreparedTool } from "../prepared.ts";
import { Rejection } from "../rejection.ts";
import { isObject } from "./era.ts";

interface ParameterHeader {
  /** Keys of `properties`, from the root of the arguments. */
  readonly path: readonly string[];
  /** In lower case. */
  readonly header: string;
}

/** By the name of the tool. A tool without such headers has no entry. */
export type HeaderRules = ReadonlyMap<string, readonly ParameterHeader[]>;

type Declared = Pick<PreparedTool, "name"> & { readonly config: Pick<PreparedTool["config"], "inputSchema"> };

export function headerRules(tools: readonly Declared[]): HeaderRules {
  const rules = new Map<string, readonly ParameterHeader[]>();
  for (const { name, config } of tools) {
    const headers = parameterHeaders(z.toJSONSchema(config.inputSchema, { io: "input", unrepresentable: "any" }), []);
    if (headers.length > 0) rules.set(name, headers);
  }
  return rules;
}

function parameterHeaders(schema: unknown, path: readonly string[]): ParameterHeader[] {
  if (!isObject(schema)) return [];
  const own = schema["x-mcp-header"];
  const here = typeof own === "string" ? [{ path, header: `mcp-param-${own.toLowerCase()}` }] : [];
  const { properties } = schema;
  if (!isObject(properties)) return here;
  const below = Object.entries(properties).flatMap(([key, child]) => parameterHeaders(child, [...path, key]));
  return [...here, ...below];
}

/** The member of `params` that the header `Mcp-Name` repeats. */
const NAMED_BY: Readonly<Record<string, string>> = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
  "tasks/get": "taskId",
  "tasks/update": "taskId",
  "tasks/cancel": "taskId",
};

interface Request {
  readonly method: string;
  readonly params?: unknown;
}

/** @throws {Rejection} when a header is missing or does not fit the body */
export function checkHeaders({ method, params }: Request, headers: IncomingHttpHeaders, rules: HeaderRules): void {
  if (headers["mcp-protocol-version"] === undefined) throw new Rejection("header_mismatch");
  if (headers["mcp-method"] !== method) throw new Rejection("header_mismatch");
  const members = isObject(params) ? params : {};
  const member = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  if (member !== undefined) compare(headers["mcp-name"], members[member]);
  if (method !== "tools/call") return;
  for (const { path, header } of rules.get(String(members.name)) ?? []) {
    compare(
      headers[header],
      path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), members.arguments),
    );
  }
}

/** A member that the body does not have, or not as a text, number or boolean, has no header. */
function compare(header: string | string[] | undefined, member: unknown): void {
  if (typeof member !== "string" && typeof member !== "number" && typeof member !== "boolean") return;
  const value = typeof header === "string" ? decoded(header.trim()) : undefined;
  if (value === undefined) throw new Rejection("header_mismatch");
  const isSameNumber = typeof member === "number" && /^-?\d+(\.\d+)?$/.test(value) && Number(value) === member;
  if (value !== String(member) && !isSameNumber) throw new Rejection("header_mismatch");
}

const ENCODED = /^=\?base64\?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\?=$/;

/** A value that a header cannot have as it is comes as Base64 of its UTF-8. @returns undefined when that is invalid */
function decoded(value: string): string | undefined {
  if (!value.startsWith("=?base64?") || !value.endsWith("?=")) return value;
  const base64 = ENCODED.exec(value)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString();
}
