/** `make dev`: the server, and what its tools ask, in the foreground, restarted when a file changes, with pretty logs. */
import { type ChildProcess, spawn } from "node:child_process";
import { ROOT, stackVariables } from "./environment.ts";

const PRELOAD = ["--watch", "--import", "./server/telemetry/register.ts"];
const own = { MCP_TRACE_SAMPLE_RATIO: "1", MCP_DEMO: "1" };

const start = (main: string, environment: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [...PRELOAD, main], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...stackVariables(), ...own, ...environment },
  });

const children = [
  // demo:
  start("deploy/demo/catalog/main.ts", {
    OTEL_SERVICE_NAME: "catalog",
    MCP_TRACE_HTTP: "1",
    METRICS_PORT: "9465",
  }),
  // :demo
  start("server/main.ts", {}),
];
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
  for (const child of children) child.kill("SIGTERM");
});
