/**
 * Which way imports point; docs/architecture.md has the picture. `make lint` refuses the rest.
 */
import type { IForbiddenRuleType } from "dependency-cruiser";

/** Tests may import everything; nothing imports a test. */
const TEST = "\\.test\\.ts$|^test/|/test/";

/** @param from a regular expression of paths @param to what those files must not import @param why shown on failure */
const forbid = (name: string, from: string, to: string, why: string): IForbiddenRuleType => ({
  name,
  severity: "error",
  comment: why,
  from: { path: from, pathNot: TEST },
  to: { path: to },
});

export const RULES: readonly IForbiddenRuleType[] = [
  {
    name: "no-cycle",
    severity: "error",
    comment: "Two files that import each other are one file, or a third one is missing.",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-folder-cycle",
    severity: "error",
    scope: "folder",
    comment: "Imports point one way between folders: move what both need below them.",
    from: {},
    to: { circular: true },
  },
  forbid(
    "nothing-imports-dev-or-test",
    "^(server|deploy|grafana|prometheus|loki)/",
    "^(dev|test)/",
    "dev/ and test/ may import everything; what runs may import neither.",
  ),
  forbid("server-imports-only-itself", "^server/", "^(deploy|grafana|prometheus|loki)/", "server/ stands alone."),
  forbid(
    "services-import-the-server",
    "^deploy/services/",
    "^(deploy/stack|grafana|prometheus|loki)/",
    "The image has server/ and deploy/services/ and nothing else.",
  ),
  forbid(
    "stack-imports-only-itself",
    "^deploy/stack/",
    "^(server|deploy/services|grafana|prometheus|loki)/",
    "deploy/stack/ starts processes by their files' names.",
  ),
  forbid(
    "telemetry-is-a-package-of-its-own",
    "^server/telemetry/",
    "^server/(?!telemetry/)",
    "server/telemetry/ is copied into other projects: it imports nothing from outside itself.",
  ),
  forbid(
    "telemetry-has-doors",
    "^(server/(?!telemetry/)|deploy|dev)",
    "^server/telemetry/[^/]+/",
    "From outside, import server/telemetry/*.ts only: index.ts exports what others need.",
  ),
  forbid(
    "telemetry-tracing",
    "^server/telemetry/tracing/",
    "^server/telemetry/(request|logging|metrics|observe|inspect|admin)/",
    "tracing/ is below request/.",
  ),
  forbid(
    "telemetry-request",
    "^server/telemetry/request/",
    "^server/telemetry/(logging|metrics|observe|inspect|admin)/",
    "request/ is below logging/, metrics/ and observe/.",
  ),
  forbid(
    "telemetry-logging",
    "^server/telemetry/logging/",
    "^server/telemetry/(metrics|observe|inspect|admin)/",
    "logging/ knows the request's record only.",
  ),
  forbid(
    "telemetry-metrics",
    "^server/telemetry/metrics/",
    "^server/telemetry/(logging|observe|inspect|admin)/",
    "metrics/ knows the request's record only.",
  ),
  forbid(
    "telemetry-observe",
    "^server/telemetry/observe/",
    "^server/telemetry/(inspect|admin)/",
    "observe/ does not know who shows what it saw.",
  ),
  forbid("contracts", "^server/contracts/", "^server/(?!contracts/)", "Contracts import nothing."),
  forbid("pipeline", "^server/pipeline/", "^server/(mcp|tools)/|^server/[^/]+$", "pipeline/ is given what it uses."),
  forbid("tools", "^server/tools/", "^server/mcp/|^server/[^/]+$", "tools/ is given what it uses."),
  forbid("mcp", "^server/mcp/", "^server/tools/|^server/[^/]+$", "mcp/ is given its settings and tools."),
];
