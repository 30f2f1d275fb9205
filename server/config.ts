/** The environment variables of the server. They are read once at boot, and all errors are reported together. */
import { z } from "zod";
import { DEMO_VARIABLES } from "./demo/variables.ts"; // demo
import { TELEMETRY_VARIABLES } from "./telemetry/config.ts";
import {
  type Environment,
  hostNames,
  numeric,
  port,
  readVariables,
  type Values,
  variable,
} from "./telemetry/environment.ts";

const loopback = "localhost,127.0.0.1,[::1]";

export const SERVER_VARIABLES = {
  host: variable("MCP_HOST", z.string().default("127.0.0.1"), "address on which the server listens for MCP"),
  port: variable("MCP_PORT", port.default(3001), "port on which the server listens for MCP"),
  allowedHosts: variable(
    "MCP_ALLOWED_HOSTS",
    hostNames.prefault(loopback),
    "host names that the header `Host` may have, without port, separated by commas; `*` allows every name",
  ),
  allowedOrigins: variable(
    "MCP_ALLOWED_ORIGINS",
    hostNames.prefault(loopback),
    "host names that the header `Origin` may have, without scheme and port, separated by commas",
  ),
  bodyLimit: variable(
    "MCP_BODY_LIMIT",
    numeric(1024, 1024 ** 3).default(4 * 1024 ** 2),
    "largest body of a request, in bytes",
  ),
  sessionIdleMs: variable(
    "MCP_SESSION_IDLE_MS",
    numeric(100, 7 * 86_400_000).default(30 * 60_000),
    "time after which an unused session ends, in ms",
  ),
  maxSessions: variable("MCP_MAX_SESSIONS", numeric(1, 1e7).default(10_000), "most sessions open at the same time"),
  runawayPerMinute: variable(
    "MCP_RUNAWAY_PER_MINUTE",
    numeric(1, 1e6).default(300),
    "calls of one tool in one session per minute; more are counted and logged as a runaway agent",
  ),
  shutdownMs: variable("MCP_SHUTDOWN_MS", numeric(0, 600_000).default(10_000), "grace period after SIGTERM, in ms"),
  ...DEMO_VARIABLES, // demo
};

const ALL_VARIABLES = { ...SERVER_VARIABLES, ...TELEMETRY_VARIABLES };

export type Config = Values<typeof ALL_VARIABLES>;

/** @throws {ConfigError} that names every variable with an invalid value */
export const readConfig = (environment: Environment): Config => readVariables(ALL_VARIABLES, environment);
