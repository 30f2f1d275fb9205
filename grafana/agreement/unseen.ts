/** What the demo has no way to make happen, so that no capture holds it; each name with its reason. */

/** Only targets with TLS have one; the demo's has none. */
export const UNSEEN_METRICS: readonly string[] = ["mcp_probe_certificate_expiry_timestamp_seconds"];

/** The probe's line about a tool list that changed: the demo's server keeps its tools. */
export const UNSEEN_FIELDS: Readonly<Record<string, readonly string[]>> = { probe: ["added", "changed", "removed"] };
