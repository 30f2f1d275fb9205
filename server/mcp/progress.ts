/** Reports of a tool's progress, as notifications to the client that asked for them. */
import type { ToolContext } from "../contracts/tool.ts";

interface Notification {
  readonly method: "notifications/progress";
  readonly params: { progressToken: string | number; progress: number; total?: number };
}

/**
 * @param progressToken of the request; undefined when the client did not ask for reports
 * @param notify sends to the client
 */
export function progressReporter(
  progressToken: string | number | undefined,
  notify: (notification: Notification) => Promise<void>,
): ToolContext["progress"] {
  if (progressToken === undefined) return () => {};
  return (progress, total) => {
    const params = { progressToken, progress, ...(total !== undefined && { total }) };
    // The client may have disconnected. Then the answer is not delivered either, and the telemetry says so.
    void notify({ method: "notifications/progress", params }).catch(() => {});
  };
}
