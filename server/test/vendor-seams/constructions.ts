import { withConstruction } from "../../telemetry/preload/sdk-source.ts";

/** What a text tells when it constructs: `server`, `mcp`, or nothing. */
export const placesIn = (source: string): string =>
  [...(withConstruction(source) ?? "").matchAll(/constructed"\)\]\?\.\("(server|mcp)", this\)/g)]
    .map(([, kind]) => kind)
    .join();
