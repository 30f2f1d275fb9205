/** `make dev`: server and catalog in the foreground, restarted when a file changes, with pretty logs; the inspector. */
import { type ChildProcess, spawn } from "node:child_process";
import { ROOT, stackVariables } from "./environment.ts";

const PRELOAD = ["--watch", "--import", "./server/telemetry/register.ts"];
const variables = stackVariables();
const own = { MCP_TRACE_SAMPLE_RATIO: "1", MCP_DEMO: "1" };

const start = (main: string, environment: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [...PRELOAD, main], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...variables, ...own, ...environment },
  });

process.stdout.write(`every session and call: http://127.0.0.1:${variables.METRICS_PORT}/inspect\n`);
const children = [
  start("deploy/demo/catalog/main.ts", {
    OTEL_SERVICE_NAME: "catalog",
    MCP_TRACE_HTTP: "1",
    METRICS_PORT: variables.CATALOG_METRICS_PORT ?? "9465",
  }),
  start("server/main.ts", { MCP_INSPECT: "1", CATALOG_URL: `http://127.0.0.1:${variables.CATALOG_PORT}` }),
];
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
  for (const child of children) child.kill("SIGTERM");
});
