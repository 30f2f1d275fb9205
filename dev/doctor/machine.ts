/** Checks this machine: Node.js, the container engine, memory, disk, and the programs that a native stack starts. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { engineAddress, isRemote, REMOTE_FIX } from "../../deploy/stack/compose/engine.ts";
import { hasDocker } from "../../deploy/stack/compose/stack.ts";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { nativeServices } from "../../deploy/stack/native/services.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";
import type { Finding } from "./finding.ts";

const GIB = 1024 ** 3;
/** Memory that a running stack uses, with headroom; the memory limits of the containers are higher. */
const MEMORY = { containers: 4 * GIB, native: 2 * GIB };
const DISK = 2 * GIB;
/** The oldest version of each program that this configuration was tested with. */
const OLDEST: Readonly<Record<string, string>> = {
  prometheus: "2.42",
  alertmanager: "0.25",
  loki: "3.7",
  promtail: "3.6",
  tempo: "3.0",
};

export const machine = (variables: Variables): Finding[] => [
  nodeVersion(),
  engine(variables),
  memory(variables),
  disk(),
  ...(hasDocker() ? [] : programs(variables)),
];

function nodeVersion(): Finding {
  const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { engines: { node: string } };
  const oldest = engines.node.replace(">=", "");
  const fix = isOlder(process.versions.node, oldest) ? "make node (installs the pinned version in .tools/)" : undefined;
  return { subject: "node", found: `${process.versions.node} (${oldest} or newer is required)`, fix };
}

function engine(variables: Variables): Finding {
  const subject = "containers";
  if (variables.STACK_FORM === "native") {
    return { subject, found: "not checked, because of STACK_FORM=native", absent: true };
  }
  if (hasDocker()) {
    const address = engineAddress(variables);
    const version = versionOf("docker", ["version", "--format", "{{.Server.Version}}"]);
    return { subject, found: `Docker ${version} at ${address}`, fix: isRemote(address) ? REMOTE_FIX : undefined };
  }
  const { why, fix } = noEngine();
  const use = fix && `; to use containers: ${fix}`;
  return { subject, found: `${why}: the stack runs natively${use}`, absent: true };
}

/** Nothing is wrong with that: `make up` runs the stack natively. */
function noEngine(): { readonly why: string; readonly fix: string } {
  if (findsOnPath("docker")) {
    const { status, stderr } = spawnSync("docker", ["info"], { encoding: "utf8", timeout: 10_000 });
    if (status === 0) return { why: "Docker has no compose plugin", fix: "apt-get install docker-compose-v2" };
    return {
      why: stderr.trim().split("\n").at(-1) || "Docker does not answer",
      fix: "systemctl start docker; if permission is denied: usermod -aG docker $USER, then log in again",
    };
  }
  if (findsOnPath("podman")) {
    return {
      why: "Podman without the docker command",
      fix: "apt-get install podman-docker docker-compose && systemctl enable --now podman.socket",
    };
  }
  return { why: "no container engine", fix: "" };
}

function memory({ STACK_FORM }: Variables): Finding {
  const form = STACK_FORM !== "native" && hasDocker() ? "containers" : "native";
  const available = process.availableMemory();
  const found = `${gib(available)} free, ${availableParallelism()} cores`;
  const fix =
    available < MEMORY[form]
      ? `the stack needs up to ${gib(MEMORY[form])}: stop the largest programs (ps aux --sort=-rss | head)`
      : undefined;
  return { subject: "memory", found, fix };
}

function disk(): Finding {
  const { bavail, bsize } = statfsSync(ROOT);
  const free = bavail * bsize;
  const fix =
    free < DISK
      ? `the stack needs ${gib(DISK)}: make clean (deletes the stored data), or lower the retention in .env`
      : undefined;
  return { subject: "disk", found: `${gib(free)} free`, fix };
}

function programs(variables: Variables): Finding[] {
  return nativeServices(variables)
    .filter(({ programs: names }) => names.length > 0)
    .map(({ name, programs: names }) => {
      const path = findProgram(names, variables);
      if (path === undefined) {
        return {
          subject: name,
          found: `not installed; to install it: ${howToGet(names[0] ?? name, variables)}`,
          absent: true,
        };
      }
      const version = versionOf(path, ["--version"]);
      const oldest = OLDEST[name];
      const isOld = oldest !== undefined && isOlder(version, oldest);
      const fix = isOld ? `install ${oldest} or newer: ${howToGet(names[0] ?? name, variables)}` : undefined;
      return { subject: name, found: `${version} at ${path}`, fix };
    });
}

const findsOnPath = (name: string): boolean =>
  findProgram([name], { PATH: process.env.PATH ?? "", STACK_BIN: "" }) !== undefined;

function versionOf(program: string, args: readonly string[]): string {
  try {
    const output = execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 10_000,
    });
    return /\d+\.\d+(\.\d+)?/.exec(output)?.[0] ?? "unknown version";
  } catch {
    return "unknown version";
  }
}

/** Compares dotted versions part by part. Text that is not a version does not count as old. */
export function isOlder(version: string, oldest: string): boolean {
  const [parts, oldestParts] = [version, oldest].map((text) => text.split(".").map(Number));
  for (const [index, required] of (oldestParts ?? []).entries()) {
    const part = parts?.[index] ?? 0;
    if (Number.isNaN(part) || part > required) return false;
    if (part < required) return true;
  }
  return false;
}

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
