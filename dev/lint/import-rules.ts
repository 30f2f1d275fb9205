/** Which folder may import which; docs/architecture.md has the diagram. `make lint` rejects every other import. */
import type { IForbiddenRuleType } from "dependency-cruiser";

/** Tests may import everything; nothing imports a test. */
const TEST = "\\.test\\.ts$|^test/|/test/";

/** @param from a regular expression of paths @param to what those files must not import @param why printed when the rule is broken */
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
    comment: "Two files must not import each other: merge them, or move what both need into a third file.",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-folder-cycle",
    severity: "error",
    scope: "folder",
    comment: "Two folders must not import each other: move what both need into a third folder.",
    from: {},
    to: { circular: true },
  },
  forbid(
    "nothing-imports-dev-or-test",
    "^(server|deploy|grafana|prometheus|loki)/",
    "^(dev|test)/",
    "dev/ and test/ may import everything; code that is deployed must not import them.",
  ),
  forbid(
    "server-imports-only-itself",
    "^server/",
    "^(deploy|grafana|prometheus|loki)/",
    "server/ imports only its own files.",
  ),
  forbid(
    "services-import-the-server",
    "^deploy/services/",
    "^(deploy/stack|grafana|prometheus|loki)/",
    "The container image contains only server/ and deploy/services/.",
  ),
  forbid(
    "stack-imports-only-itself",
    "^deploy/stack/",
    "^(server|deploy/services|grafana|prometheus|loki)/",
    "deploy/stack/ starts the services as processes and does not import them.",
  ),
  forbid(
    "telemetry-is-a-package-of-its-own",
    "^server/telemetry/",
    "^server/(?!telemetry/)",
    "server/telemetry/ is installed in other projects: it must not import other parts of this one.",
  ),
  forbid(
    "telemetry-knows-no-mcp-sdk",
    "^server/telemetry/",
    "@modelcontextprotocol/",
    "server/telemetry/ observes servers of either SDK: observe/mcp.ts says what it needs of them.",
  ),
  {
    name: "telemetry-by-name",
    severity: "error",
    comment: "Import the telemetry by its package name: server/telemetry/package.json says what it exports.",
    from: { pathNot: `^server/telemetry/|${TEST}` },
    to: { path: "^server/telemetry/", dependencyTypesNot: ["aliased-workspace"] },
  },
  forbid(
    "telemetry-tracing",
    "^server/telemetry/tracing/",
    "^server/telemetry/(request|logging|metrics|observe|inspect|admin|preload)/",
    "tracing/ is the lowest layer of the telemetry.",
  ),
  forbid(
    "telemetry-request",
    "^server/telemetry/request/",
    "^server/telemetry/(logging|metrics|observe|inspect|admin|preload)/",
    "request/ may import tracing/ only.",
  ),
  forbid(
    "telemetry-logging",
    "^server/telemetry/logging/",
    "^server/telemetry/(metrics|observe|inspect|admin|preload)/",
    "logging/ may import request/ and tracing/ only.",
  ),
  forbid(
    "telemetry-metrics",
    "^server/telemetry/metrics/",
    "^server/telemetry/(logging|observe|inspect|admin|preload)/",
    "metrics/ may import request/ and tracing/ only.",
  ),
  forbid(
    "telemetry-observe",
    "^server/telemetry/observe/",
    "^server/telemetry/(inspect|admin|preload)/",
    "observe/ must not import inspect/, admin/ and preload/, which import it.",
  ),
  forbid("contracts", "^server/contracts/", "^server/(?!contracts/)", "contracts/ imports only its own files."),
  forbid(
    "pipeline",
    "^server/pipeline/",
    "^server/(mcp|tools)/|^server/[^/]+$",
    "pipeline/ gets tools and settings as arguments; it does not import them.",
  ),
  forbid(
    "tools",
    "^server/(tools|resources|prompts)/",
    "^server/mcp/|^server/[^/]+$",
    "tools/, resources/ and prompts/ get their dependencies as arguments; they do not import the server.",
  ),
  forbid(
    "mcp",
    "^server/mcp/",
    "^server/(tools|resources|prompts|proxy)/|^server/[^/]+$",
    "mcp/ gets settings and tools as arguments; it does not import them.",
  ),
  forbid(
    "proxy",
    "^server/proxy/",
    "^server/(tools|resources|prompts|pipeline)/|^server/[^/]+$",
    "proxy/ gets settings as arguments, and offers nothing of its own.",
  ),
];
