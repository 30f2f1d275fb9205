/**
 * Finds the SDKs in the text of modules, in their own files and in bundles alike: minifiers keep the names of members. Where
 * a server is constructed, it is told to `constructed`; see docs/vendor-seams.md.
 */

/** The global function that the changed text calls. A bundle may not import anything. */
export const CONSTRUCTED = "mcp.telemetry.constructed";

/** In the constructor of a Server, and of a Client, of either SDK. */
const REQUEST_HANDLERS = /(?<=\b_requestHandlers\s*=\s*(?:\/\*[^*]*\*\/\s*)?)new Map(?:\(\))?(?=\s*[,;}\n])/g;
/** In the constructor of a McpServer, before it constructs its Server. */
const REGISTERED_TOOLS = /(?<=\b_registeredTools\s*=\s*)\{\}/g;

/** @returns undefined for a text without an SDK */
export function withConstruction(source: string): string | undefined {
  if (!source.includes("_requestHandlers") && !source.includes("_registeredTools")) return undefined;
  const changed = source
    .replace(REQUEST_HANDLERS, (value) => told("server", value))
    .replace(REGISTERED_TOOLS, (value) => told("mcp", value));
  return changed === source ? undefined : changed;
}

/** Both places are an initializer or an assignment in a constructor, where `this` is what is constructed. */
const told = (kind: "server" | "mcp", value: string): string =>
  `(globalThis[Symbol.for("${CONSTRUCTED}")]?.("${kind}", this), ${value})`;
