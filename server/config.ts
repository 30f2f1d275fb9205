/**
 * The server's environment, read once at boot. Every variable that cannot be used is reported at once, the
 * telemetry's own among them.
 */
import { z } from "zod";
import {
  ConfigError,
  type Environment,
  flag,
  numeric,
  port,
  readEnvironment,
  readTelemetryConfig,
  text,
} from "./telemetry/config.ts";

const LOOPBACK_HOSTS = "localhost,127.0.0.1,[::1]";

const schema = z.object({
  MCP_HOST: text("127.0.0.1"),
  MCP_PORT: port(3001),
  MCP_AUTH_TOKENS_FILE: text(undefined),
  MCP_ALLOWED_HOSTS: text(LOOPBACK_HOSTS),
  MCP_ALLOWED_ORIGINS: text(LOOPBACK_HOSTS),
  MCP_BODY_LIMIT: numeric(4 * 1024 * 1024, 1024, 1024 * 1024 * 1024),
  MCP_SESSION_IDLE_MS: numeric(30 * 60_000, 100, 7 * 86_400_000),
  MCP_MAX_SESSIONS: numeric(10_000, 1, 10_000_000),
  MCP_RUNAWAY_PER_MINUTE: numeric(300, 1, 1_000_000),
  MCP_SHUTDOWN_MS: numeric(10_000, 0, 600_000),
  MCP_DEMO: flag(false),
  CATALOG_URL: text("http://127.0.0.1:3002"),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Lines of `subject:sha256-of-token`; undefined: open, every subject is `anonymous`. */
  readonly tokensFile: string | undefined;
  /** Host names, without ports, that the `Host` header may name. */
  readonly allowedHosts: ReadonlySet<string>;
  /** Host names, without scheme and port, that the `Origin` header may name. */
  readonly allowedOrigins: ReadonlySet<string>;
  /** In bytes. */
  readonly bodyLimit: number;
  readonly sessionIdleMs: number;
  readonly maxSessions: number;
  /** Calls of one tool in one session in a minute that make an agent a runaway. */
  readonly runawayPerMinute: number;
  /** Time to drain before open calls are cut, in milliseconds. */
  readonly shutdownMs: number;
  readonly demo: boolean;
  readonly catalogUrl: string;
}

/** @throws {ConfigError} naming every variable that cannot be used */
export function readConfig(environment: Environment): Config {
  const env = collectProblems(environment);
  return {
    host: env.MCP_HOST,
    port: env.MCP_PORT,
    tokensFile: env.MCP_AUTH_TOKENS_FILE,
    allowedHosts: names(env.MCP_ALLOWED_HOSTS),
    allowedOrigins: names(env.MCP_ALLOWED_ORIGINS),
    bodyLimit: env.MCP_BODY_LIMIT,
    sessionIdleMs: env.MCP_SESSION_IDLE_MS,
    maxSessions: env.MCP_MAX_SESSIONS,
    runawayPerMinute: env.MCP_RUNAWAY_PER_MINUTE,
    shutdownMs: env.MCP_SHUTDOWN_MS,
    demo: env.MCP_DEMO,
    catalogUrl: env.CATALOG_URL,
  };
}

function collectProblems(environment: Environment): z.infer<typeof schema> {
  const problems: string[] = [];
  const collect = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const env = collect(() => readEnvironment(schema, environment));
  collect(() => readTelemetryConfig(environment));
  if (env !== undefined && !URL.canParse(env.CATALOG_URL)) {
    problems.push("CATALOG_URL: expected a URL such as http://127.0.0.1:3002");
  }
  if (env === undefined || problems.length > 0) throw new ConfigError(problems);
  return env;
}

const names = (list: string): ReadonlySet<string> =>
  new Set(
    list
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ""),
  );
