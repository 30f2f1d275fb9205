/** Refuses a result that is too large for whoever has to read it. */
import { jsonSize } from "../telemetry/index.ts";
import type { Middleware } from "./middleware.ts";
import { ToolFailure } from "./tool-failure.ts";

/** @param maxBytes of the result as JSON, text and structured content together */
export const outputLimit = (maxBytes: number): Middleware => ({
  name: "output-limit",
  priority: 20,
  async around({ tool }, next) {
    const result = await next();
    const bytes = jsonSize(result);
    if (bytes <= maxBytes) return result;
    const message = `the result of tool ${tool} has ${bytes} bytes, and ${maxBytes} is the limit: ask for less`;
    throw new ToolFailure("output_too_large", message);
  },
});
