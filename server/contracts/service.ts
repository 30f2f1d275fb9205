/** What serves MCP, over HTTP or stdio: made by `mcp/`, ended by `shutdown.ts`. */
export interface Service {
  /** Whether new work is accepted. */
  accepting(): boolean;
  stopAccepting(): void;
  /** Answers still owed. */
  owed(): number;
  /** Ends every session. */
  close(): Promise<void>;
  /** Resolves when the client has left for good; never, where others may come. */
  readonly abandoned: Promise<void>;
}
