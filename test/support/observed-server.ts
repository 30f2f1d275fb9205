/** A running server with a client, and the receiver that gets its spans. They end with the test. */
import type { TestContext } from "node:test";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { type OtlpReceiver, otlpReceiver } from "./otlp-receiver.ts";
import { type RunningServer, runServer } from "./running-server.ts";

export interface Observed {
  readonly receiver: OtlpReceiver;
  readonly server: RunningServer;
  readonly client: Client;
}

export async function observedServer(t: TestContext): Promise<Observed> {
  const receiver = await otlpReceiver();
  const server = await runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const client = await server.client();
  t.after(async () => {
    await client.close();
    await server.stop();
    await receiver.close();
  });
  return { receiver, server, client };
}
