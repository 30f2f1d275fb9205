/** A running MCP service, over HTTP or stdio. `mcp/` starts it and `shutdown.ts` ends it. */
export interface Service {
  /** Whether new requests are accepted. */
  accepting(): boolean;
  stopAccepting(): void;
  /** Requests that were accepted and are not yet answered. */
  pending(): number;
  /** Ends every session. */
  close(): Promise<void>;
  /** Resolves when the only client has disconnected. Over HTTP it never resolves: another client may come. */
  readonly disconnected: Promise<void>;
}
