/** Finds the programs of the stack and its tests; on Debian, installs those that are packages there. */
import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { stackVariables, type Variables } from "../settings/environment.ts";
import { step } from "../step.ts";

/** Debian installs HAProxy here, and only root has it on PATH. */
const SYSTEM = "/usr/sbin";

/** The first of `names` that is in `STACK_BIN` or on PATH. */
export function findProgram(names: readonly string[], variables: Variables): string | undefined {
  const folders = `${variables.STACK_BIN ?? ""}${delimiter}${variables.PATH ?? ""}${delimiter}${SYSTEM}`.split(
    delimiter,
  );
  for (const folder of folders.filter(Boolean)) {
    for (const name of names) if (isExecutable(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

/** The browser of tests and pictures; `CHROMIUM` names one that is elsewhere. */
export const findChromium = (variables: Variables): string | undefined =>
  variables.CHROMIUM ?? findProgram(["chromium", "chromium-browser"], variables);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian's packages. */
const PACKAGES: Readonly<Record<string, string>> = {
  prometheus: "prometheus",
  alertmanager: "prometheus-alertmanager",
  haproxy: "haproxy",
  chromium: "chromium",
};

/** Where the vendor of a program publishes a version of it. The version is that of the image in .env. */
const VENDORS: Readonly<Record<string, (version: string) => string>> = {
  prometheus: (version) => `https://github.com/prometheus/prometheus/releases/tag/v${version}`,
  alertmanager: (version) => `https://github.com/prometheus/alertmanager/releases/tag/v${version}`,
  loki: (version) => `https://github.com/grafana/loki/releases/tag/v${version}`,
  promtail: (version) => `https://github.com/grafana/loki/releases/tag/v${version}`,
  tempo: (version) => `https://github.com/grafana/tempo/releases/tag/v${version}`,
  grafana: (version) => `https://grafana.com/grafana/download/${version}?edition=oss`,
};

/** Programs that need more than to be found. */
const ALSO: Readonly<Record<string, string>> = { grafana: "; set GRAFANA_HOME to the folder that has its `conf`" };

/** How to get a program that is absent, in one line: its version, where it is, and where it has to be put. */
export function howToGet(service: string, variables: Variables = stackVariables()): string {
  const debian = PACKAGES[service];
  const [, version] = /:v?(\d[\d.]*)/.exec(variables[`${service.toUpperCase()}_IMAGE`] ?? "") ?? [];
  const vendor = version && VENDORS[service]?.(version);
  return [
    ...(debian === undefined ? [] : [`apt-get install --no-install-recommends ${debian}`]),
    `${vendor ? `get ${service} ${version} from ${vendor} and ` : ""}put it as \`${service}\` on PATH or in a folder that STACK_BIN names${ALSO[service] ?? ""}`,
  ].join(", or ");
}

/** Installs what is missing and what Debian has, as root only; starts no system service. */
export async function installMissing(missing: readonly string[], variables: Variables): Promise<void> {
  const packages = missing.flatMap((service) => PACKAGES[service] ?? []);
  if (packages.length === 0 || !mayInstall(variables)) return;
  const names = packages.join(" and ");
  const install = ["install", "-y", "-q", "--no-install-recommends", ...packages];
  const installed = await step(`installing Debian's ${names} (STACK_INSTALL=0 forbids it)`, () =>
    withoutServices(() => apt(install) || (apt(["update", "-q"]) && apt(install))),
  );
  if (!installed) process.stdout.write(`apt-get could not install ${names}\n`);
}

function mayInstall(variables: Variables): boolean {
  if (variables.STACK_INSTALL === "0" || process.getuid?.() !== 0) return false;
  return existsSync("/etc/os-release") && /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
}

const apt = (args: readonly string[]): boolean =>
  spawnSync("apt-get", args, {
    stdio: "ignore",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  }).status === 0;

const POLICY = "/usr/sbin/policy-rc.d";

/** Debian starts and enables the services that it installs, unless this file forbids it. */
function withoutServices(install: () => boolean): boolean {
  const own = !existsSync(POLICY);
  if (own) writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return install();
  } finally {
    if (own) rmSync(POLICY);
    for (const unit of Object.values(PACKAGES)) spawnSync("systemctl", ["disable", unit], { stdio: "ignore" });
  }
}

/** Drops the flags, each with its value behind `=`, that this version of a program does not know. */
export function knownFlags(program: string, args: readonly string[]): string[] {
  const help = spawnSync(program, ["--help"], { encoding: "utf8" });
  const text = `${help.stdout}${help.stderr}`;
  return args.filter((arg) => {
    const flag = /^--([\w.-]+)/.exec(arg)?.[1];
    return flag === undefined || text.includes(flag);
  });
}

/** Whether a program's `--help` names a flag. */
export const knowsFlag = (program: string, flag: string): boolean =>
  execFileSync(program, ["--help"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).includes(flag);
