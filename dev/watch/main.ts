/** `make dev`: the server, and what its tools ask, restarted when a file changes, with pretty logs and the inspector. */
import { type ChildProcess, spawn } from "node:child_process";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";

const PRELOAD = ["--watch", "--import", "./server/telemetry/register.ts"];
const variables = stackVariables();
const own = {
  MCP_TRACE_SAMPLE_RATIO: "1",
  MCP_DEMO: "1",
  // demo:
  CATALOG_URL: `http://127.0.0.1:${variables.CATALOG_PORT}`,
  // :demo
};

const start = (main: string, environment: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [...PRELOAD, main], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...variables, ...own, ...environment },
  });

process.stdout.write(`every session and call: http://127.0.0.1:${variables.METRICS_PORT}/inspect\n`);
const children = [
  // demo:
  start("deploy/services/catalog/main.ts", {
    OTEL_SERVICE_NAME: "catalog",
    MCP_TRACE_HTTP: "1",
    METRICS_PORT: variables.CATALOG_METRICS_PORT ?? "9465",
  }),
  // :demo
  start("server/main.ts", { MCP_INSPECT: "1" }),
];
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
  for (const child of children) child.kill("SIGTERM");
});
