/** Refuses a result that is too large. */
import { jsonSize } from "mcp-telemetry";
import { ToolFailure } from "./errors.ts";
import type { Middleware } from "./middleware.ts";

/** @param maxBytes maximum size of the result as JSON, which has both the text and the structured content */
export const outputLimit = (maxBytes: number): Middleware => ({
  name: "output-limit",
  priority: 20,
  async handle({ tool }, next) {
    const result = await next();
    const bytes = jsonSize(result);
    if (bytes <= maxBytes) return result;
    const message = `the result of tool ${tool} has ${bytes} bytes, and ${maxBytes} is the limit: ask for less`;
    throw new ToolFailure("output_too_large", message);
  },
});
