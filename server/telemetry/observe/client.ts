/**
 * The sender's side: a CLIENT span for each request that leaves a transport, its context injected into `_meta`.
 * For MCP clients; call before `connect`, so that `initialize` is seen.
 */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage, RequestId } from "@modelcontextprotocol/sdk/types.js";
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ATTR, EXECUTE_TOOL, METHODS, OTHER, TOOL_ERROR } from "../conventions.ts";

export interface ClientOperation {
  readonly method: string;
  readonly toolName: string | undefined;
  /** Set when the answer is an error. */
  readonly errorType: string | undefined;
  readonly seconds: number;
}

interface Pending {
  readonly span: Span;
  readonly method: string;
  readonly toolName: string | undefined;
  readonly startedAt: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** @param finished called for each request that was answered, or that the connection's end left unanswered */
export function observeClient(transport: Transport, finished: (operation: ClientOperation) => void): void {
  const tracer = trace.getTracer("mcp-client");
  const pending = new Map<RequestId, Pending>();
  const send: Transport["send"] = transport.send.bind(transport);

  const finish = (id: RequestId, errorType: string | undefined) => {
    const operation = pending.get(id);
    if (operation === undefined) return;
    pending.delete(id);
    const { span, method, toolName, startedAt } = operation;
    if (errorType !== undefined) {
      span.setAttribute(ATTR.errorType, errorType).setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
    finished({ method, toolName, errorType, seconds: (performance.now() - startedAt) / 1000 });
  };

  transport.send = async (message, options) => {
    if (!("method" in message && "id" in message)) return send(message, options);
    const operation = begin(message);
    pending.set(message.id, operation);
    const within = trace.setSpan(context.active(), operation.span);
    try {
      await context.with(within, () => send(withContext(message), options));
    } catch (error) {
      finish(message.id, "not_sent");
      throw error;
    }
  };

  const begin = (message: { method: string; params?: unknown; id: RequestId }): Pending => {
    const method = METHODS.has(message.method) ? message.method : OTHER;
    const toolName = method === "tools/call" ? String((message.params as Fields).name) : undefined;
    const span = tracer.startSpan(toolName === undefined ? method : `${method} ${toolName}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        [ATTR.methodName]: method,
        [ATTR.requestId]: String(message.id),
        ...(toolName !== undefined && { [ATTR.toolName]: toolName, [ATTR.operationName]: EXECUTE_TOOL }),
        ...(transport.sessionId !== undefined && { [ATTR.sessionId]: transport.sessionId }),
      },
    });
    return { span, method, toolName, startedAt: performance.now() };
  };

  transport.onmessage = (message) => {
    if (!("method" in message) && message.id !== undefined) finish(message.id, errorTypeOf(message));
  };
  transport.onclose = () => {
    for (const id of [...pending.keys()]) finish(id, "connection_closed");
  };
}

/** Puts the active context into `_meta`, where it survives transports without headers. */
function withContext(message: JSONRPCMessage): JSONRPCMessage {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  const { params } = message as { params?: Fields };
  const meta = params?._meta as Fields | undefined;
  return { ...message, params: { ...params, _meta: { ...meta, ...carrier } } } as JSONRPCMessage;
}

function errorTypeOf(message: Fields): string | undefined {
  if (message.error !== undefined) return String((message.error as { code: number }).code);
  return (message.result as Fields | undefined)?.isError === true ? TOOL_ERROR : undefined;
}
