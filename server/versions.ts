/** The versions that run, read from `package.json`. Its dependencies are exact versions. */
import { readFileSync } from "node:fs";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

export function versions(): { readonly name: string; readonly version: string; readonly sdkVersion: string } {
  const manifest: Manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const { name, version, dependencies } = manifest;
  return { name, version, sdkVersion: dependencies["@modelcontextprotocol/sdk"] ?? "" };
}
