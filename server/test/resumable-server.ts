/** `server/main.ts` with tools that fail on demand, whose clients can resume a broken stream. */
import { recentEvents } from "../mcp/recent-events.ts";
import { serve } from "../serve.ts";
import { toolsFor } from "../tools/index.ts";
import { fault } from "./test-tools.ts";

await serve((dependencies) => ({ tools: [...toolsFor(dependencies), fault] }), {
  eventStore: recentEvents(1024 ** 2),
  retryMs: 50,
});
