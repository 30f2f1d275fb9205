/** The changes of tracked texts by which the template's names become the project's. */

/** @returns the text as it should be */
export type Change = (path: string, text: string) => string;

/** Rendered again after the renaming. */
const RENDERED = /^grafana\/dashboards\/|^deploy\/kubernetes\/(stack\/)?rendered\//;
const LOCK = "package-lock.json";

/** The service: job, labels, host name in the stack, the default of OTEL_SERVICE_NAME. */
export const renameService = (from: string, to: string): Change => {
  const word = new RegExp(`(?<![\\w-])${from}(?![\\w-])`, "g");
  return (path, text) => (RENDERED.test(path) || path === LOCK ? text : text.replace(word, to));
};

/** The project: package, compose project, image, title. @param from the package's name */
export const renameProject = (from: string, to: string): Change => {
  const ofPackage = new RegExp(`(?<="name": ")${from}(?=")`, "g");
  const ofImage = /(?<=^ +image: )[\w-]+(?=:local$)/m;
  const newImage = /(?<=^ +newName: (?:ghcr\.io\/your-org\/)?)[\w-]+$/m;
  const names: Readonly<Record<string, RegExp>> = {
    "package.json": ofPackage,
    [LOCK]: ofPackage,
    ".env": /(?<=^COMPOSE_PROJECT_NAME=).*$/m,
    "docker-compose.yml": ofImage,
    "docker-compose.demo.yml": ofImage,
    "deploy/kubernetes/overlays/local/kustomization.yaml": newImage,
    "deploy/kubernetes/overlays/production/kustomization.yaml": newImage,
    ".github/workflows/security.yml": ofImage,
    "README.md": /(?<=^# ).*$/m,
  };
  return (path, text) => text.replace(names[path] ?? /(?!)/, to);
};

/** The package of `server/telemetry/`, in its manifest, in imports, commands and documents. */
export const renameTelemetry = (from: string, to: string): Change => {
  const word = new RegExp(`(?<![\\w-])${from}(?!\\w|-\\D)`, "g");
  return (path, text) => (RENDERED.test(path) ? text : text.replace(word, to));
};

/** @param url undefined: the template's placeholder gets the name, any other URL stays */
export const setRunbooks =
  (url: string | undefined, name: string): Change =>
  (path, text) => {
    if (path !== ".env") return text;
    return url === undefined
      ? text.replace(/(?<=^RUNBOOKS_URL=.*\/your-org\/)[^/]+/m, name)
      : text.replace(/(?<=^RUNBOOKS_URL=).*$/m, url);
  };
