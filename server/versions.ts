/** The versions that run, read from `package.json`. Its dependencies are exact versions. */
import manifest from "../package.json" with { type: "json" };

export const versions = () => ({
  name: manifest.name,
  version: manifest.version,
  sdkVersion: manifest.dependencies["@modelcontextprotocol/sdk"],
});
