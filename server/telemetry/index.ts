/**
 * The telemetry of an MCP server on SDK 1.x or SDK 2. Each request has a span, a metric sample and a log line that refer to each
 * other. This folder imports nothing from outside itself, and a failure in it never fails or blocks a call.
 */
import { trace } from "@opentelemetry/api";
import type { Logger } from "pino";
import { debugEndpoint } from "./admin/debug-endpoint.ts";
import { listenForScrapes } from "./admin/listener.ts";
import { readTelemetryConfig } from "./config.ts";
import {
  type AuthenticationResult,
  type ErrorClass,
  LOG,
  type RejectionReason,
  type SessionEndReason,
} from "./conventions.ts";
import { urlOf } from "./listen.ts";
import { debugSwitch } from "./logging/debug-switch.ts";
import { createLogger } from "./logging/logger.ts";
import { openLogStream } from "./logging/stream.ts";
import { callMetrics } from "./metrics/calls.ts";
import { clientMetrics } from "./metrics/clients.ts";
import { edgeMetrics } from "./metrics/edge.ts";
import { createRegistry, type MetricsRegistry } from "./metrics/registry.ts";
import { type Build, selfMetrics } from "./metrics/self.ts";
import { sentMetrics } from "./metrics/sent.ts";
import { sessionMetrics } from "./metrics/sessions.ts";
import { auditLog } from "./observe/audit.ts";
import { Connection } from "./observe/connection.ts";
import { toolDefinitions } from "./observe/definitions.ts";
import type { ConnectionDependencies } from "./observe/dependencies.ts";
import { instrument } from "./observe/instrument.ts";
import type { Server, Transport } from "./observe/mcp.ts";
import { type Names, ToolCatalogue } from "./observe/tool-catalogue.ts";
import { type PipelineTelemetry, pipelineTelemetry } from "./pipeline.ts";
import { recorder, tracing } from "./register.ts";
import { variablesWithoutEffect } from "./sdk-variables.ts";
import { callSampling } from "./tracing/sampling.ts";

export type { Logger } from "pino";
export { listenForScrapes } from "./admin/listener.ts";
export { describeError } from "./logging/errors.ts";
export { createLogger } from "./logging/logger.ts";
export { openLogStream } from "./logging/stream.ts";
export { counter, gauge, histogram } from "./metrics/define.ts";
export { createRegistry, type MetricsRegistry } from "./metrics/registry.ts";
export { sentMetrics } from "./metrics/sent.ts";
export { addressOf, observeClient } from "./observe/client.ts";
export { jsonSize } from "./observe/json-size.ts";
export type { Caller } from "./observe/mcp.ts";
export type { Sent } from "./observe/outbound.ts";
export { callerOf } from "./observe/peer.ts";
export type { PipelineTelemetry } from "./pipeline.ts";

export interface TelemetryOptions {
  readonly build?: Build;
  /** The transport of this process. With `stdio`, log lines go to stderr. Without it, each SDK transport tells. */
  readonly transport?: "http" | "stdio";
  /** Whether the server accepts requests. `/readyz` calls it. */
  readonly ready?: () => boolean;
  /**
   * Finds the error class of what a tool's handler threw. Undefined: the caller is at fault, and the call is `rejected`.
   * Without it, every class is `unknown`.
   */
  readonly classify?: (error: unknown) => ErrorClass | undefined;
}

/** What is told of one server. */
export type ServerTelemetry = Pick<Telemetry, "observe" | "endSession" | "names" | "rejected">;

export interface Telemetry {
  readonly logger: Logger;
  readonly registry: MetricsRegistry;
  /** Instruments a server. Call it before the server's tools are registered and before `connect`. */
  instrument(server: Server): void;
  /** Observes the messages of a transport to which no SDK server is connected. */
  observe(transport: Transport): void;
  /** The names of tools and prompts that may be emitted. `instrument` adds those of its server. */
  readonly names: Names;
  /** The telemetry of one of several servers that this process stands in front of. @param name from a closed set */
  ofServer(name: string): ServerTelemetry;
  /** What a tool pipeline reports to. */
  readonly pipeline: PipelineTelemetry;
  /** Counts and logs a request that was refused before MCP. */
  rejected(reason: RejectionReason): void;
  /** Counts the authentication of an HTTP request. */
  authenticated(result: AuthenticationResult): void;
  /** Counts and logs a message over stdio that was refused, because it could not be read. @param code of its JSON-RPC error */
  unreadable(reason: RejectionReason, code: number): void;
  /** Counts an open event stream. @returns a function to call when the stream closes */
  streamOpened(): () => void;
  /** The number of requests that are received and not yet answered. */
  pending(): number;
  /** Ends the session of a transport with a reason. Call it before you close the transport. */
  endSession(transport: Transport, reason: SessionEndReason): void;
  /** Flushes spans and log lines, and closes the metrics listener. Never rejects. */
  shutdown(): Promise<void>;
}

/**
 * Starts logs and metrics. `register.ts` has started tracing already.
 *
 * @throws {ConfigError} that names every environment variable with an invalid value
 * @throws {BootError} when the metrics port is taken, or the file of `MCP_ADMIN_TOKEN_FILE` cannot be used
 */
export async function startTelemetry(options: TelemetryOptions = {}): Promise<Telemetry> {
  const config = readTelemetryConfig(process.env);
  const transport = options.transport ?? "http";
  const output = openLogStream(transport === "stdio" ? 2 : 1);
  const stream = config.pushesLogs ? (await import("./push/logs.ts")).pushLogs(output, config) : output;
  const debug = debugSwitch(config.logLevel);
  const tapped = recorder?.tap(stream) ?? stream;
  const logger = createLogger(tapped, config, config.logLevel, debug);
  const auditLevel = config.logLevel === "silent" ? "silent" : "info";
  for (const warning of variablesWithoutEffect(process.env)) logger.warn(warning);
  tracing.stats.onRefused = (spans, why) =>
    logger.warn({ [LOG.spansDropped]: spans, [LOG.reason]: why }, "the trace back end refused spans");
  const registry = createRegistry();
  const metrics = callMetrics(registry);
  const edge = edgeMetrics(registry);
  const sessions = sessionMetrics(registry);
  const clients = clientMetrics(registry);
  const sent = sentMetrics(registry);
  const auditLogger = createLogger(tapped, config, auditLevel);
  const definitionsOf = toolDefinitions(registry);
  const decideSampling = callSampling(config.sampleRatio, config.firstCalls, config.alwaysPerSecond);
  const dependenciesOf = (server?: string): ConnectionDependencies => {
    const tools = new ToolCatalogue(config.slowMs, {
      tool: (name, budgetMs) => metrics.registerTool(name, budgetMs, transport, server),
      prompt: (name) => metrics.registerPrompt(name, transport, server),
      resource: (uri) => metrics.registerResource(uri, transport, server),
    });
    return {
      tracing,
      tracer: trace.getTracer("mcp"),
      decideSampling,
      trust: config.trust,
      metrics,
      sessions,
      clients,
      sent,
      logger,
      audit: auditLog(auditLogger, tools),
      tools,
      definitions: definitionsOf(tools, server),
      transport: options.transport,
      server,
    };
  };
  const dependencies = dependenciesOf();
  const { tools } = dependencies;
  selfMetrics(registry, tracing.stats, stream.dropped, options.build ?? { version: "", sdkVersion: "" });
  const { adminTokenFile } = config;
  const listener = await listenForScrapes(registry, {
    host: config.metricsHost,
    port: config.metricsPort,
    allowedHosts: config.metricsAllowedHosts,
    denied(reason) {
      edge.denied(reason);
      logger.warn({ [LOG.reason]: reason }, "request to the metrics port denied");
    },
    ready: options.ready ?? (() => true),
    debugEndpoint:
      adminTokenFile === undefined ? undefined : debugEndpoint(adminTokenFile, debug, (id) => sessions.isOpen(id)),
    inspector:
      recorder &&
      (await import("./inspect/serve.ts")).inspector(
        { recorder, service: config.serviceName, definitionBytes: dependencies.definitions.bytesOf },
        config.grafanaUrl,
      ),
  });

  // A server over HTTP is scraped: pushed too, each series would be there twice.
  const pushed = config.pushesMetrics && transport === "stdio";
  const endPush = pushed ? (await import("./push/metrics.ts")).pushMetrics(registry, config) : undefined;
  const metricsUrl = `${urlOf(listener, config.metricsHost)}/metrics`;
  logger.info({ metrics_url: metricsUrl }, "telemetry started");
  const connections = new WeakMap<Transport, Connection>();
  const ofServer = (of: ConnectionDependencies): ServerTelemetry => ({
    observe(transport) {
      const connection = new Connection(transport, of);
      connections.set(transport, connection);
      connection.attach();
    },
    endSession: (closing, reason) => connections.get(closing)?.close(reason),
    names: of.tools,
    rejected(reason) {
      edge.rejected(reason, of.server);
      logger.info(
        { [LOG.reason]: reason, ...(of.server !== undefined && { [LOG.server]: of.server }) },
        "request refused",
      );
    },
  });
  const own = ofServer(dependencies);
  return {
    ...own,
    ofServer: (name) => ofServer(dependenciesOf(name)),
    logger,
    registry,
    instrument: (server) =>
      instrument(server, {
        tools,
        classify: options.classify ?? (() => "unknown"),
        logger,
        onConnect: own.observe,
      }),
    pipeline: pipelineTelemetry(registry, logger, tools),
    authenticated: (result) => edge.authenticated(result),
    unreadable(reason, code) {
      metrics.unreadable(code);
      logger.info({ [LOG.reason]: reason }, "request refused");
    },
    streamOpened: () => edge.streamOpened(),
    pending: () => metrics.pending(),
    async shutdown() {
      await Promise.all([tracing.shutdown(), endPush?.()]);
      const { exported, dropped } = tracing.stats;
      logger.info({ [LOG.spansExported]: exported, [LOG.spansDropped]: dropped }, "telemetry stopped");
      listener.close();
      await stream.end();
    },
  };
}
