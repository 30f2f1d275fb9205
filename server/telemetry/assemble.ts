/** Puts the parts of the telemetry together. */
import type { Server as HttpServer } from "node:http";
import { trace } from "@opentelemetry/api";
import { debugEndpoint } from "./admin/debug-endpoint.ts";
import { listenForScrapes } from "./admin/listener.ts";
import { readTelemetryConfig } from "./config.ts";
import { LOG, type TransportName } from "./conventions.ts";
import { urlOf } from "./listen.ts";
import { debugSwitch } from "./logging/debug-switch.ts";
import { createLogger } from "./logging/logger.ts";
import { movableStream } from "./logging/movable-stream.ts";
import { callMetrics } from "./metrics/calls.ts";
import { clientMetrics } from "./metrics/clients.ts";
import { edgeMetrics } from "./metrics/edge.ts";
import { createRegistry } from "./metrics/registry.ts";
import { selfMetrics } from "./metrics/self.ts";
import { sentMetrics } from "./metrics/sent.ts";
import { sessionMetrics } from "./metrics/sessions.ts";
import { auditLog } from "./observe/audit.ts";
import { Connection } from "./observe/connection.ts";
import { toolDefinitions } from "./observe/definitions.ts";
import type { ConnectionDependencies } from "./observe/dependencies.ts";
import { type Instrumentation, instrument } from "./observe/instrument.ts";
import { listedNames } from "./observe/listed.ts";
import type { Transport } from "./observe/mcp.ts";
import { ToolCatalogue } from "./observe/tool-catalogue.ts";
import { pipelineTelemetry } from "./pipeline.ts";
import { variablesWithoutEffect } from "./sdk-variables.ts";
import { type StartedTracing, shared } from "./shared.ts";
import type { ServerTelemetry, Telemetry, TelemetryOptions } from "./telemetry.ts";
import { callSampling } from "./tracing/sampling.ts";

interface Assembled {
  readonly telemetry: Telemetry;
  /** What servers are instrumented with; undefined once the telemetry has been shut down. */
  readonly instrumentation: () => Instrumentation | undefined;
  /** Starts the listener of `/metrics`. @throws {BootError} when its port is taken */
  listen(): Promise<void>;
}

/**
 * Starts logs and metrics at once, so that no message of a server is missed.
 *
 * @param first the transport of the process, or that of its first connection
 * @throws {ConfigError} that names every environment variable with an invalid value
 * @throws {BootError} when the file of `MCP_ADMIN_TOKEN_FILE` cannot be used
 */
export function assemble(options: TelemetryOptions, first: TransportName, started: StartedTracing): Assembled {
  const { tracing, recorder } = started;
  const config = readTelemetryConfig(process.env);
  const output = movableStream(first === "stdio" ? 2 : 1);
  const stream = started.pushLogs?.(output, config) ?? output;
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
  let running = true;
  const clients = clientMetrics(registry);
  const sent = sentMetrics(registry);
  const auditLogger = createLogger(tapped, config, auditLevel);
  const definitionsOf = toolDefinitions(registry);
  const decideSampling = callSampling(config.sampleRatio, config.firstCalls, config.alwaysPerSecond);
  const open: ConnectionDependencies["open"] = new Set();
  const dependenciesOf = (server?: string): ConnectionDependencies => {
    const tools = new ToolCatalogue(config.slowMs, {
      tool: (name, budgetMs) => metrics.registerTool(name, budgetMs, first, server),
      prompt: (name) => metrics.registerPrompt(name, first, server),
      resource: (uri) => metrics.registerResource(uri, first, server),
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
      open,
      running: () => running,
    };
  };
  const dependencies = dependenciesOf();
  const { tools } = dependencies;
  selfMetrics(registry, tracing.stats, stream.dropped, options.build ?? { version: "", sdkVersion: "" });
  const { adminTokenFile } = config;
  const debugOf = adminTokenFile && debugEndpoint(adminTokenFile, debug, (id) => sessions.isOpen(id));
  let listener: HttpServer | undefined;
  const listen = async () => {
    listener = await listenForScrapes(registry, {
      host: config.metricsHost,
      port: config.metricsPort,
      allowedHosts: config.metricsAllowedHosts,
      denied(reason) {
        edge.denied(reason);
        logger.warn({ [LOG.reason]: reason }, "request to the metrics port denied");
      },
      ready: options.ready ?? (() => true),
      debugEndpoint: debugOf || undefined,
      inspector:
        recorder &&
        started.inspector?.(
          { recorder, service: config.serviceName, definitionBytes: dependencies.definitions.bytesOf },
          config.grafanaUrl,
        ),
    });
    logger.info({ metrics_url: `${urlOf(listener, config.metricsHost)}/metrics` }, "telemetry started");
  };

  const notPushed = (why: string) => logger.warn({ [LOG.reason]: why }, "metrics cannot be pushed");
  // A server over HTTP is scraped: pushed too, each series would be there twice.
  const endPush = first === "stdio" ? started.pushMetrics?.(registry, config, notPushed) : undefined;
  const connections = new WeakMap<Transport, Connection>();
  const ofServer = (of: ConnectionDependencies): ServerTelemetry => ({
    observe(transport) {
      const connection = new Connection(transport, of);
      if (connection.session.transport === "stdio") output.moveToStderr();
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
  const whileRunning: Instrumentation = {
    tools,
    listed: listedNames(tools),
    classify: options.classify ?? (() => "unknown"),
    logger,
    onConnect: own.observe,
  };
  const instrumentation = () => (running ? whileRunning : undefined);
  const telemetry: Telemetry = {
    ...own,
    ofServer: (name) => ofServer(dependenciesOf(name)),
    logger,
    registry,
    instrument: (server) => instrument(server, instrumentation),
    pipeline: pipelineTelemetry(registry, logger, tools),
    authenticated: (result) => edge.authenticated(result),
    unreadable(reason, code) {
      metrics.unreadable(code);
      logger.info({ [LOG.reason]: reason }, "request refused");
    },
    streamOpened: () => edge.streamOpened(),
    pending: () => metrics.pending(),
    async shutdown(reason = "shutdown") {
      if (!running) return;
      for (const connection of open) connection.close(reason);
      running = false;
      await Promise.all([tracing.shutdown(), endPush?.()]);
      const { exported, dropped } = tracing.stats;
      logger.info({ [LOG.spansExported]: exported, [LOG.spansDropped]: dropped }, "telemetry stopped");
      listener?.close();
      await stream.end();
      started.restoreConsole();
      shared.telemetry = undefined;
      shared.tracing = undefined;
    },
  };
  return { telemetry, instrumentation, listen };
}
