/** A client of the revision without sessions, which a target speaks if it answers the request `server/discover`. */
import { Client, type FetchLike, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { observeClient } from "mcp-telemetry";

const REVISION = "2026-07-28";

export class StatelessClient {
  readonly client: Client;
  readonly #transport: StreamableHTTPClientTransport;
  readonly #url: URL;

  /** @param discoveryMs how long the answer to `server/discover` may take */
  constructor(
    url: URL,
    clientInfo: { readonly name: string; readonly version: string },
    http: { readonly headers: Readonly<Record<string, string>>; readonly fetch: FetchLike },
    discoveryMs: number,
  ) {
    this.#url = url;
    this.#transport = new StreamableHTTPClientTransport(url, {
      requestInit: { headers: { ...http.headers } },
      fetch: http.fetch,
    });
    this.client = new Client(clientInfo, {
      versionNegotiation: { mode: { pin: REVISION }, probe: { timeoutMs: discoveryMs } },
    });
  }

  /**
   * @param broken called when the transport cannot use an answer
   * @returns the revision; undefined when the target does not speak it, or does not answer
   */
  async discover(broken: (error: unknown) => void): Promise<string | undefined> {
    observeClient(this.#transport, this.#url, () => {});
    try {
      await this.client.connect(this.#transport);
    } catch {
      await this.client.close();
      return undefined;
    }
    this.#transport.onerror = broken;
    return REVISION;
  }
}
