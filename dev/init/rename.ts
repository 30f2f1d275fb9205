/** One name for another, wherever it is a whole word of a tracked text. */
export type Change = (path: string, text: string) => string;

/** Written by their generators, from what is renamed. */
const RENDERED = /^grafana\/dashboards\//;
const LOCK = "package-lock.json";

/** The service: job, labels, host name in the stack, the default of OTEL_SERVICE_NAME. */
export const renameService = (from: string, to: string): Change => {
  const word = new RegExp(`(?<![\\w-])${from}(?![\\w-])`, "g");
  return (path, text) => (RENDERED.test(path) || path === LOCK ? text : text.replace(word, to));
};

/** The project: package, compose project, image, title. @param from the package's name */
export const renameProject = (from: string, to: string): Change => {
  const ofPackage = new RegExp(`(?<="name": ")${from}(?=")`, "g");
  const names: Readonly<Record<string, RegExp>> = {
    "package.json": ofPackage,
    [LOCK]: ofPackage,
    ".env": /(?<=^COMPOSE_PROJECT_NAME=).*$/m,
    "docker-compose.yml": /(?<=^ {2}image: )[\w-]+(?=:local$)/m,
    "README.md": /(?<=^# ).*$/m,
  };
  return (path, text) => text.replace(names[path] ?? /(?!)/, to);
};

/** @param url undefined: as it is, but for the template's own placeholder */
export const setRunbooks =
  (url: string | undefined, name: string): Change =>
  (path, text) => {
    if (path !== ".env") return text;
    return url === undefined
      ? text.replace(/(?<=^RUNBOOKS_URL=.*\/your-org\/)[^/]+/m, name)
      : text.replace(/(?<=^RUNBOOKS_URL=).*$/m, url);
  };

export const setHolder =
  (holder: string | undefined): Change =>
  (path, text) =>
    path === "LICENSE" && holder !== undefined ? text.replace(/(?<=^Copyright \(c\) \d+ ).*$/m, holder) : text;
