/**
 * The audit log: one line for each call of a tool that may change something, when its handler was called. A tool may,
 * unless its annotations have `readOnlyHint: true`. The lines have a logger of their own, whatever the level of the log.
 */
import type { Logger } from "pino";
import { AUDIT_LOGGER, LOG } from "../conventions.ts";
import { argumentKeys } from "../request/call.ts";
import type { FinishedCall } from "../request/outcome.ts";
import { HAS_CALL_FIELDS, logFieldsOf } from "../request/scope.ts";
import type { ToolCatalogue } from "./tool-catalogue.ts";

export type Audit = (finished: FinishedCall) => void;

export function auditLog(logger: Logger, tools: ToolCatalogue): Audit {
  return ({ call, verdict, durationMs }) => {
    if (call.toolName === undefined || call.handler === "not entered" || tools.isReadOnly(call.toolName)) return;
    const fields = logFieldsOf(call);
    fields[HAS_CALL_FIELDS] = true;
    fields[LOG.logger] = AUDIT_LOGGER;
    if (call.session.clientName !== undefined) fields[LOG.clientName] = call.session.clientName;
    fields[LOG.argKeys] = argumentKeys(call.handlerArguments);
    fields[LOG.outcome] = verdict.outcome;
    fields[LOG.durationMs] = Math.round(durationMs * 1000) / 1000;
    if (verdict.fault !== undefined) fields[LOG.reason] = verdict.fault;
    if (verdict.errorClass !== undefined) fields[LOG.errorClass] = verdict.errorClass;
    logger.info(fields, AUDIT_LOGGER);
  };
}
