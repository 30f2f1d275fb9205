/** What a fork begins anew: its changelog, its description, its licence's holder. */
import type { Change } from "./rename.ts";

/** The template's own name, by which a copy that is not initialised is known. */
export const TEMPLATE = "mcp-observability-template";

const CHANGELOG = `# Changelog

In the form of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/); versions follow
[SemVer](https://semver.org/spec/v2.0.0.html). Names of metrics, attributes, log fields and variables count as interface.

## [Unreleased]
`;

/** @param project the package's name now: once the copy has a name of its own, its changelog is left alone */
export const freshChangelog =
  (project: string): Change =>
  (path, text) =>
    path === "CHANGELOG.md" && project === TEMPLATE ? CHANGELOG : text;

/** @param description undefined: one that has the name in place of the template's, or as it is */
export const setDescription =
  (description: string | undefined, project: string, name: string): Change =>
  (path, text) => {
    const own = description ?? (project === TEMPLATE ? `The MCP server ${name}` : undefined);
    if (path !== "package.json" || own === undefined) return text;
    return text.replace(/(?<=^ {2}"description": ).*(?=,$)/m, () => JSON.stringify(own));
  };

/** @param holder of the licence's copyright; undefined: as it is */
export const setHolder =
  (holder: string | undefined): Change =>
  (path, text) =>
    path === "LICENSE" && holder !== undefined ? text.replace(/(?<=^Copyright \(c\) \d+ ).*$/m, () => holder) : text;
