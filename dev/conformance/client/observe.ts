/** Uses a server once, with the telemetry on the client's transport where the command line says `--observed`. */
import assert from "node:assert/strict";
import type { observeClient, Sent } from "mcp-telemetry";

/** Ends the process. */
export async function useOnce(
  transport: Parameters<typeof observeClient>[0],
  url: URL,
  use: () => Promise<void>,
): Promise<never> {
  if (process.argv.includes("--observed")) await useObserved(transport, url, use);
  else await use();
  process.exit();
}

async function useObserved(
  transport: Parameters<typeof observeClient>[0],
  url: URL,
  use: () => Promise<void>,
): Promise<void> {
  const { observeClient } = await import("mcp-telemetry");
  const { tracing } = await import("mcp-telemetry/register");
  const sent: Sent[] = [];
  observeClient(transport, url, (message) => sent.push(message));
  await use();
  await tracing.shutdown();
  assert.equal(
    sent.findLast(({ method }) => !method.startsWith("notifications/"))?.errorType,
    undefined,
    "the last request was not seen to be answered",
  );
}
