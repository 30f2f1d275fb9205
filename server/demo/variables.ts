/** The environment of the demo's tools. */
import { flag, variable, webUrl } from "mcp-telemetry/environment";

export const DEMO_VARIABLES = {
  demo: variable("MCP_DEMO", flag.default(false), "`1` offers the demo's tools, `lookup_item` and `misbehave`"),
  catalogUrl: variable(
    "CATALOG_URL",
    webUrl.default("http://127.0.0.1:3002"),
    "URL of the catalog, which `lookup_item` calls",
  ),
};
