/** The environment variables of the server. They are read once at boot, and all errors are reported together. */
import { z } from "zod";
import { DEMO_VARIABLES } from "./demo/variables.ts"; // demo
import { TELEMETRY_VARIABLES } from "./telemetry/config.ts";
import { type Environment, numeric, port, readVariables, type Values, variable } from "./telemetry/environment.ts";

/** Host names separated by commas, in any case. */
const hostNames = z.string().transform(
  (list) =>
    new Set(
      list
        .split(",")
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== ""),
    ),
);
const loopback = "localhost,127.0.0.1,[::1]";

export const SERVER_VARIABLES = {
  host: variable("MCP_HOST", z.string().default("127.0.0.1"), "address of the MCP listener"),
  port: variable("MCP_PORT", port.default(3001), "its port"),
  allowedHosts: variable(
    "MCP_ALLOWED_HOSTS",
    hostNames.prefault(loopback),
    "what `Host` may name, without port; `*`: anything",
  ),
  allowedOrigins: variable(
    "MCP_ALLOWED_ORIGINS",
    hostNames.prefault(loopback),
    "what `Origin` may name, without scheme and port",
  ),
  bodyLimit: variable("MCP_BODY_LIMIT", numeric(1024, 1024 ** 3).default(4 * 1024 ** 2), "of a request, in bytes"),
  sessionIdleMs: variable(
    "MCP_SESSION_IDLE_MS",
    numeric(100, 7 * 86_400_000).default(30 * 60_000),
    "after which an unused session ends, in ms",
  ),
  maxSessions: variable("MCP_MAX_SESSIONS", numeric(1, 1e7).default(10_000), "open at once"),
  runawayPerMinute: variable(
    "MCP_RUNAWAY_PER_MINUTE",
    numeric(1, 1e6).default(300),
    "calls of one tool in one session that make an agent a runaway",
  ),
  shutdownMs: variable("MCP_SHUTDOWN_MS", numeric(0, 600_000).default(10_000), "time for open calls at SIGTERM, in ms"),
  ...DEMO_VARIABLES, // demo
};

const ALL_VARIABLES = { ...SERVER_VARIABLES, ...TELEMETRY_VARIABLES };

type Config = Values<typeof ALL_VARIABLES>;

/** @throws {ConfigError} that names every variable with an invalid value */
export const readConfig = (environment: Environment): Config => readVariables(ALL_VARIABLES, environment);
