/**
 * The transport of MCP over stdin and stdout. The SDK's own transport gives no answer to a line that is not a message,
 * closes without an error above 10 MiB, and reports an answer as sent when nobody reads it.
 */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type JSONRPCMessage, JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import type { RejectionReason } from "mcp-telemetry/conventions";
import { type LineReader, lineReader } from "./lines.ts";

/** Why a line was refused: the code of the JSON-RPC error, and its text. The text repeats nothing of the line. */
const REFUSALS = {
  malformed_json: [-32700, "Parse error: the line is not JSON"],
  invalid_message: [-32600, "Invalid Request: the line is not a JSON-RPC message"],
  body_too_large: [-32600, "Invalid Request: the line is too long; see MCP_BODY_LIMIT"],
} as const;
type Reason = keyof typeof REFUSALS;
type Refused = readonly [code: number, message: string, data?: unknown];

export interface StdioOptions {
  /** Most bytes of a line. A longer one is refused; the next one is read. */
  readonly limit: number;
  /** Called for each line that is not a message. @param code of the JSON-RPC error */
  readonly refused: (reason: RejectionReason, code: number) => void;
  /** Called when the client no longer writes to stdin or reads from stdout. */
  readonly disconnected: () => void;
}

export class StdioTransport implements Transport {
  onmessage?: NonNullable<Transport["onmessage"]>;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** Takes a message of the modern era. @returns false for one of the era with sessions */
  takeModern: (message: unknown) => boolean = () => false;
  readonly #options: StdioOptions;
  readonly #lines: LineReader;
  readonly #read = (chunk: Buffer) => this.#lines.read(chunk);

  constructor(options: StdioOptions) {
    this.#options = options;
    this.#lines = lineReader(
      options.limit,
      (line) => this.#receive(line),
      () => this.#refuse("body_too_large", null),
    );
  }

  async start(): Promise<void> {
    const { disconnected } = this.#options;
    const leave = () => void this.close().then(disconnected);
    process.stdin
      .on("data", this.#read)
      .once("end", () => {
        this.#lines.end();
        disconnected();
      })
      .once("error", leave);
    process.stdout.on("error", leave);
  }

  /** @throws when the client no longer reads */
  send(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      process.stdout.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Reads no more messages. */
  async close(): Promise<void> {
    process.stdin.off("data", this.#read).pause();
    this.onclose?.();
  }

  #receive(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#refuse("malformed_json", null);
      return;
    }
    if (this.takeModern(value)) return;
    const { success, data } = JSONRPCMessageSchema.safeParse(value);
    if (success) this.onmessage?.(data);
    else this.#refuse("invalid_message", value);
  }

  /** Counts and answers a message that the SDK does not get. @param message null when it could not be read */
  refuse(reason: RejectionReason, [code, text, data]: Refused, message: unknown): void {
    this.#options.refused(reason, code);
    if (isAnswered(message)) {
      const answer = JSON.stringify({ jsonrpc: "2.0", id: idOf(message), error: { code, message: text, data } });
      process.stdout.write(`${answer}\n`);
    }
  }

  #refuse(reason: Reason, value: unknown): void {
    this.refuse(reason, REFUSALS[reason], value);
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** A notification and a response are never answered, even when they are invalid. */
function isAnswered(value: unknown): boolean {
  if (!isObject(value)) return true;
  return "method" in value ? "id" in value : !("result" in value || "error" in value);
}

/** The id of a request, where it can be repeated exactly: a number above 2^53 cannot. */
function idOf(value: unknown): string | number | null {
  const id: unknown = isObject(value) && "id" in value ? value.id : null;
  return typeof id === "string" || Number.isSafeInteger(id) ? (id as string | number) : null;
}
