/** Describes an HTTP answer that MCP cannot use. The description never quotes the body: it may be long or confidential. */
import { SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";
import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ZodError } from "zod";
import { asFailure, ProbeFailure } from "./failure.ts";

/** Enough to tell what the body is. */
const START_BYTES = 64;

/** The newest answer of a target. */
export class Answer {
  #http = "no HTTP answer";
  #mediaType = "";
  #isEmpty = false;
  #start = "";

  /** @returns the same response; what is read of it is observed */
  observe({ status, statusText, headers, body }: Response): Response {
    this.#mediaType = mediaTypeOf(headers.get("content-type"));
    this.#http = `HTTP ${status}, ${this.#mediaType}`;
    this.#isEmpty = body === null || headers.get("content-length") === "0";
    this.#start = "";
    const observer = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        if (this.#start.length < START_BYTES)
          this.#start += Buffer.from(chunk.subarray(0, START_BYTES)).toString("latin1");
        controller.enqueue(chunk);
      },
      flush: () => {
        this.#isEmpty = this.#start.trim() === "";
      },
    });
    return new Response(body?.pipeThrough(observer) ?? null, { status, statusText, headers });
  }

  /** @param error why the SDK's transport could not use the answer */
  failure(error: unknown): ProbeFailure {
    if ((error instanceof StreamableHTTPError && (error.code ?? 0) > 0) || error instanceof SdkHttpError)
      return new ProbeFailure("http_status", this.#http);
    if (error instanceof ZodError) return new ProbeFailure("protocol", `${this.#http}: JSON that is not JSON-RPC`);
    if (error instanceof SyntaxError || error instanceof StreamableHTTPError || isUnexpectedContent(error)) {
      return new ProbeFailure("protocol", `${this.#http}: ${this.#kind}`);
    }
    return asFailure(error);
  }

  get #kind(): string {
    if (this.#isEmpty) return "empty";
    if (this.#mediaType === "text/html" || /^\s*</.test(this.#start)) return "an HTML page";
    return "not JSON";
  }
}

const isUnexpectedContent = (error: unknown): boolean =>
  error instanceof SdkError && error.code === SdkErrorCode.ClientHttpUnexpectedContent;

function mediaTypeOf(contentType: string | null): string {
  if (contentType === null) return "no content type";
  const mediaType = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/.test(mediaType) ? mediaType : "an invalid content type";
}
