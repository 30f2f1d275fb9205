/**
 * The names of OpenTelemetry's semantic conventions for MCP, and what this project does with each. A test compares both
 * with what runs, and `make docs` makes the tables of docs/semantic-conventions.md of them.
 *
 * To follow a new version of the conventions, read the files of `SOURCES` and change `MODEL` and the commits.
 */

export const REPOSITORY = "open-telemetry/semantic-conventions-genai";

/** Where the names and levels were read: by file of the repository, the commit. */
export const SOURCES = {
  "model/mcp/common.yaml": "0e5e6a8d59d38c9c19556a5164a83cc11a7d53ff",
  "model/mcp/metrics.yaml": "14567fad6858f82588325657c4bb262fafc885bd",
  "model/mcp/registry.yaml": "4172e394d28f2d26ec4a4514a45f153580c68670",
  "model/mcp/spans.yaml": "5c50d346f1c9e8f745889f7777a412991564b334",
} as const;

type Level = "required" | "conditionally required" | "recommended" | "opt-in";
type Levels = Readonly<Record<string, Level>>;

const NETWORK: Levels = {
  "network.transport": "recommended",
  "network.protocol.name": "recommended",
  "network.protocol.version": "recommended",
  "jsonrpc.protocol.version": "recommended",
};

const COMMON: Levels = {
  "mcp.method.name": "required",
  "error.type": "conditionally required",
  "gen_ai.tool.name": "conditionally required",
  "gen_ai.prompt.name": "conditionally required",
  "rpc.response.status_code": "conditionally required",
  "gen_ai.operation.name": "recommended",
  "mcp.protocol.version": "recommended",
  ...NETWORK,
  "gen_ai.prompt.variable": "opt-in",
};

const SPAN: Levels = {
  ...COMMON,
  "jsonrpc.request.id": "conditionally required",
  "mcp.resource.uri": "conditionally required",
  "mcp.session.id": "recommended",
  "gen_ai.tool.call.arguments": "opt-in",
  "gen_ai.tool.call.result": "opt-in",
};

const SERVER_ADDRESS: Levels = { "server.address": "recommended", "server.port": "recommended" };

const SESSION: Levels = {
  "error.type": "conditionally required",
  "mcp.protocol.version": "recommended",
  "network.protocol.name": "recommended",
  "jsonrpc.protocol.version": "recommended",
};

/** The requirement levels by signal, with the groups that it refers to. */
export const MODEL = {
  "span mcp.client": { ...SPAN, ...SERVER_ADDRESS },
  "span mcp.server": { ...SPAN, "client.address": "recommended", "client.port": "recommended" },
  "mcp.client.operation.duration": { ...COMMON, ...SERVER_ADDRESS, "mcp.resource.uri": "opt-in" },
  "mcp.server.operation.duration": { ...COMMON, "mcp.resource.uri": "opt-in" },
  "mcp.client.session.duration": { ...SESSION, ...SERVER_ADDRESS },
  "mcp.server.session.duration": SESSION,
} as const satisfies Readonly<Record<string, Levels>>;
export type Signal = keyof typeof MODEL;

/** The well-known values of `mcp.method.name`. */
export const MODEL_METHODS = `
  completion/complete elicitation/create initialize logging/setLevel notifications/cancelled notifications/initialized
  notifications/message notifications/progress notifications/prompts/list_changed notifications/resources/list_changed
  notifications/resources/updated notifications/roots/list_changed notifications/subscriptions/acknowledged
  notifications/tools/list_changed ping prompts/get prompts/list resources/list resources/read resources/subscribe
  resources/templates/list resources/unsubscribe roots/list sampling/createMessage server/discover subscriptions/listen
  tools/call tools/list
`
  .trim()
  .split(/\s+/);

interface Decision {
  readonly isEmitted: boolean;
  /** Where it is emitted, or why it is not. */
  readonly text: string;
}

const emitted = (text: string): Decision => ({ isEmitted: true, text });
const notEmitted = (text: string): Decision => ({ isEmitted: false, text });

const PRIVATE = notEmitted("arguments and results are never emitted: see Privacy in CONTRIBUTING.md");
const ONLY_2_0 = notEmitted("both SDKs refuse every other version than 2.0");
const ADDRESS = emitted("in a client over HTTP; a server that asks its client has no address to call");
const TOLD_BY_METHOD = notEmitted("`mcp_method_name` tells it: `execute_tool` is `tools/call`");
const TOLD_BY_TRANSPORT = notEmitted("`network_transport` tells it: `tcp` is HTTP, `pipe` is stdio");

const IN_ALL: Readonly<Record<string, Decision>> = {
  "mcp.method.name": emitted("always; `_OTHER` for a method that MCP does not have"),
  "gen_ai.tool.name": emitted("on `tools/call`; a receiver has `_OTHER` for a tool that is not registered"),
  "gen_ai.prompt.name": emitted("on `prompts/get`; a receiver has `_OTHER` for a prompt that is not registered"),
  "mcp.protocol.version": emitted("once it is known; `_OTHER` for a revision that MCP does not have"),
  "network.transport": emitted("always"),
  "jsonrpc.protocol.version": ONLY_2_0,
  "gen_ai.prompt.variable": PRIVATE,
};

const IN_SPANS: Readonly<Record<string, Decision>> = {
  ...IN_ALL,
  "gen_ai.operation.name": emitted("on `tools/call`"),
  "network.protocol.name": emitted("over HTTP"),
  "jsonrpc.request.id": emitted("on requests, cut to 64 characters"),
  "mcp.session.id": emitted("in a session, so never with revision 2026-07-28"),
  "gen_ai.tool.call.arguments": PRIVATE,
  "gen_ai.tool.call.result": PRIVATE,
};

const IN_OPERATIONS: Readonly<Record<string, Decision>> = {
  ...IN_ALL,
  "gen_ai.operation.name": TOLD_BY_METHOD,
  "network.protocol.name": TOLD_BY_TRANSPORT,
  "network.protocol.version": notEmitted("on spans only: it would double the series for a fact about the connection"),
};

const IN_SESSIONS: Readonly<Record<string, Decision>> = {
  "mcp.protocol.version": IN_ALL["mcp.protocol.version"] as Decision,
  "network.protocol.name": TOLD_BY_TRANSPORT,
  "jsonrpc.protocol.version": ONLY_2_0,
};

/** What this project does with each name of `MODEL`. */
export const DECISIONS: Readonly<Record<Signal, Readonly<Record<string, Decision>>>> = {
  "span mcp.client": {
    ...IN_SPANS,
    "error.type": emitted(
      "the code of a JSON-RPC error, `tool_error`, or `not_sent`, `cancelled`, `connection_closed` without an answer",
    ),
    "rpc.response.status_code": emitted("with a JSON-RPC error; a code that is no integer is `_OTHER`"),
    "mcp.resource.uri": emitted(
      "a URI that the server has listed, for a server's own messages one that it has registered or the template, else `_OTHER`: a URI may hold a secret",
    ),
    "network.protocol.version": emitted(
      "on what a server sends during a request over HTTP; a client's `fetch` does not tell its version",
    ),
    "server.address": ADDRESS,
    "server.port": ADDRESS,
  },
  "span mcp.server": {
    ...IN_SPANS,
    "error.type": emitted("with the outcome `error` only: not when the caller is at fault"),
    "rpc.response.status_code": emitted("with a JSON-RPC error"),
    "mcp.resource.uri": emitted(
      "the URI of a registered resource, the template of the URI, or `_OTHER`: what a caller puts into a template may be a secret",
    ),
    "network.protocol.version": emitted("over HTTP, in the server; a client's `fetch` does not tell its version"),
    "client.address": emitted("over HTTP, in the server; in a client the sender is the server, whose address is known"),
    "client.port": emitted("with `client.address`"),
  },
  "mcp.client.operation.duration": {
    ...IN_OPERATIONS,
    "error.type": emitted("as on the span; `_OTHER` for a code that neither JSON-RPC nor MCP has"),
    "rpc.response.status_code": emitted("as on the span; `_OTHER` for a code that neither JSON-RPC nor MCP has"),
    "server.address": ADDRESS,
    "server.port": ADDRESS,
    "mcp.resource.uri": notEmitted("a URI is no label: a server may list any number"),
  },
  "mcp.server.operation.duration": {
    ...IN_OPERATIONS,
    "error.type": emitted("as on the span"),
    "rpc.response.status_code": emitted("with a JSON-RPC error"),
    "mcp.resource.uri": notEmitted("the metrics `mcp_resource_*` have it, of the first 100 resources"),
  },
  "mcp.client.session.duration": {
    ...IN_SESSIONS,
    "error.type": emitted("an HTTP status, a code of JSON-RPC or of Node.js, when an error ended the session"),
    "server.address": emitted("always: the agent calls over HTTP"),
    "server.port": emitted("always: the agent calls over HTTP"),
  },
  "mcp.server.session.duration": {
    ...IN_SESSIONS,
    "error.type": emitted("`evicted`; `transport_closed` when requests waited for their answers"),
  },
};

/** What the conventions say beside names, and this project does otherwise. */
const DEVIATIONS = [
  [
    "The description of a span's status should be the message of the JSON-RPC error.",
    "It is the error class: messages repeat what the caller sent.",
  ],
  [
    "On a SERVER span, every code but five is an error.",
    "-32020, -32021 and -32022 are not: by revision 2026-07-28 the caller sent wrong headers, lacks a capability or names an unsupported revision.",
  ],
  [
    "The buckets of sessions should end at 300 s.",
    "They go on to a day (600, 1800, 3600, 7200, 21600, 86400 s): an idle session lives for 30 minutes.",
  ],
  [
    "The context is injected into every notification.",
    "`observe-command.ts` changes requests only: every other line of a server that it observes stays as it is.",
  ],
  [
    "The context in `_meta` is the parent.",
    "A server uses it from callers that it trusts, a client only in traces that it began itself. Another context becomes a link.",
  ],
  [
    "Every notification that is sent has a span.",
    "The first 100 of a request have one; the metric has all. A tool that reports each step would fill its trace.",
  ],
] as const;

const sources = Object.entries(SOURCES).map(
  ([file, commit]) => `- [\`${file}\`](https://github.com/${REPOSITORY}/blob/${commit}/${file})`,
);

const table = (signal: Signal): string => {
  const rows = Object.entries<Level>(MODEL[signal]).map(([name, level]) => {
    const decision = DECISIONS[signal][name];
    return `| \`${name}\` | ${level} | ${decision?.isEmitted ? "yes" : "no"} | ${decision?.text} |`;
  });
  const title = signal.startsWith("span ") ? `Span \`${signal.slice(5)}\`` : `Metric \`${signal}\``;
  return [`## ${title}`, "", "| name | level | emitted | where, or why not |", "|---|---|---|---|", ...rows].join("\n");
};

/** The tables of the document. */
export const semanticConventions = (): string =>
  [
    `The names and levels are those of \`${REPOSITORY}\`, in these files and commits:`,
    sources.join("\n"),
    ...(Object.keys(MODEL) as Signal[]).map(table),
    "## Where this project deviates",
    ["| the conventions say | here |", "|---|---|", ...DEVIATIONS.map((row) => `| ${row.join(" | ")} |`)].join("\n"),
  ].join("\n\n");
