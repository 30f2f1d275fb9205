/** The environment variables of the server. They are read once at boot, and all errors are reported together. */

import { TELEMETRY_VARIABLES } from "mcp-telemetry/config";
import {
  ConfigError,
  type Environment,
  flag,
  hostNames,
  integer,
  listenHost,
  port,
  readVariables,
  type Values,
  variable,
  webUrl,
} from "mcp-telemetry/environment";
import { z } from "zod";
import { DEMO_VARIABLES } from "./demo/variables.ts"; // demo
import { defaultMaxBytesInFlight, defaultMaxSessions } from "./mcp/memory.ts";

const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|::1)$/i.test(host);
const loopback = "localhost,127.0.0.1,[::1]";

const SERVER_VARIABLES = {
  host: variable("MCP_HOST", listenHost.default("127.0.0.1"), "address on which the server listens for MCP"),
  port: variable("MCP_PORT", port.default(3001), "port on which the server listens for MCP"),
  allowAnonymous: variable(
    "MCP_ALLOW_ANONYMOUS",
    flag.default(false),
    "`1` lets the server listen beyond loopback without `MCP_AUTH_TOKENS_FILE`; without it, the server does not start",
  ),
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
    integer(1024, 1024 ** 3).default(4 * 1024 ** 2),
    "largest body of a request over HTTP, and longest line over stdio, in bytes",
  ),
  jsonResponses: variable(
    "MCP_JSON_RESPONSES",
    flag.default(true),
    "`0` answers every request of a session with an event stream; else an answer before which nothing is sent is JSON",
  ),
  keepAliveMs: variable(
    "MCP_KEEP_ALIVE_MS",
    integer(1000, 3_600_000).default(65_000),
    "time after which a connection without a request is closed, in ms",
  ),
  headersTimeoutMs: variable(
    "MCP_HEADERS_TIMEOUT_MS",
    integer(100, 600_000).default(15_000),
    "time in which the headers of a request must arrive, in ms",
  ),
  requestTimeoutMs: variable(
    "MCP_REQUEST_TIMEOUT_MS",
    integer(100, 3_600_000).default(60_000),
    "time in which a whole request must arrive, in ms; the answer may take longer",
  ),
  maxHeaderBytes: variable(
    "MCP_MAX_HEADER_BYTES",
    integer(1024, 1024 ** 2).default(16 * 1024),
    "largest headers of a request, in bytes",
  ),
  maxConnections: variable(
    "MCP_MAX_CONNECTIONS",
    integer(1, 1e6).default(20_000),
    "most connections open at the same time, event streams included",
  ),
  maxJsonValues: variable(
    "MCP_MAX_JSON_VALUES",
    integer(100, 1e7).default(5000),
    "most values in a request's body: members of objects and elements of arrays",
  ),
  maxJsonDepth: variable(
    "MCP_MAX_JSON_DEPTH",
    integer(10, 1e4).default(64),
    "most arrays and objects inside each other in a request's body",
  ),
  sessionIdleMs: variable(
    "MCP_SESSION_IDLE_MS",
    integer(100, 7 * 86_400_000).default(30 * 60_000),
    "time after which an unused session ends, in ms",
  ),
  maxSessions: variable(
    "MCP_MAX_SESSIONS",
    integer(1, 1e7).optional(),
    "most sessions open at the same time. Not set: as many as fit into half of the heap, at most 10,000",
  ),
  maxSessionsPerCaller: variable(
    "MCP_MAX_SESSIONS_PER_CALLER",
    integer(1, 1e7).optional(),
    "most sessions of one subject, or of one address where callers are anonymous; one more ends the caller's oldest idle session. Not set: half of `MCP_MAX_SESSIONS`",
  ),
  maxMessagesInFlight: variable(
    "MCP_MAX_MESSAGES_IN_FLIGHT",
    integer(1, 1e7).default(256),
    "most messages of one session, or of one caller without sessions, that are handled at the same time",
  ),
  maxSubscriptions: variable(
    "MCP_MAX_SUBSCRIPTIONS",
    integer(1, 1e7).default(1024),
    "most requests `subscriptions/listen` open at the same time; one caller may have half of them",
  ),
  maxMessagesPerSecond: variable(
    "MCP_MAX_MESSAGES_PER_SECOND",
    integer(1, 1e7).default(1000),
    "most messages per second of one subject, or of one address where callers are anonymous: each message has a log line",
  ),
  maxBytesInFlight: variable(
    "MCP_MAX_BYTES_IN_FLIGHT",
    integer(1024, 1e12).optional(),
    "largest sum of the bodies that are read and handled at the same time, in bytes; at least `MCP_BODY_LIMIT` applies. Not set: a sixteenth of the heap",
  ),
  maxBytesInFlightPerCaller: variable(
    "MCP_MAX_BYTES_IN_FLIGHT_PER_CALLER",
    integer(1024, 1e12).optional(),
    "the same of one subject, or of one address where callers are anonymous. Not set: half of `MCP_MAX_BYTES_IN_FLIGHT`",
  ),
  runawayPerMinute: variable(
    "MCP_RUNAWAY_PER_MINUTE",
    integer(1, 1e6).default(300),
    "calls of one tool by one session, or by one caller without a session, per minute; more are counted and logged as a runaway agent",
  ),
  shutdownMs: variable("MCP_SHUTDOWN_MS", integer(0, 600_000).default(10_000), "grace period after SIGTERM, in ms"),
  upstream: variable(
    "MCP_UPSTREAM",
    webUrl.optional(),
    "URL of an MCP server over HTTP: this process stands in front of it, and offers no tools of its own",
  ),
  upstreamsFile: variable(
    "MCP_UPSTREAMS_FILE",
    z.string().optional(),
    "YAML file with one line `name: URL` for each of several such servers; each is at `/mcp/<name>`",
  ),
  ...DEMO_VARIABLES, // demo
};

export const ALL_VARIABLES = { ...SERVER_VARIABLES, ...TELEMETRY_VARIABLES };

export interface Config extends Values<typeof ALL_VARIABLES> {
  readonly maxSessions: number;
  readonly maxSessionsPerCaller: number;
  readonly maxBytesInFlight: number;
  readonly maxBytesInFlightPerCaller: number;
}

/** @throws {ConfigError} that names every variable with an invalid value */
export function readConfig(environment: Environment): Config {
  const values = readVariables(ALL_VARIABLES, environment);
  if (values.tokensFile === undefined && !values.allowAnonymous && !isLoopback(values.host)) {
    throw new ConfigError([
      "MCP_HOST: the server would be open to the network: set MCP_AUTH_TOKENS_FILE, or MCP_ALLOW_ANONYMOUS=1",
    ]);
  }
  const maxSessions = values.maxSessions ?? defaultMaxSessions();
  const maxBytesInFlight = values.maxBytesInFlight ?? defaultMaxBytesInFlight();
  return {
    ...values,
    maxSessions,
    maxSessionsPerCaller: values.maxSessionsPerCaller ?? Math.ceil(maxSessions / 2),
    maxBytesInFlight,
    maxBytesInFlightPerCaller: values.maxBytesInFlightPerCaller ?? Math.ceil(maxBytesInFlight / 2),
  };
}
