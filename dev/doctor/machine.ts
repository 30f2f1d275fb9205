/** What this machine has: Node.js, a container engine, memory, disk, and the programs of the native form. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { hasDocker } from "../../deploy/stack/compose/stack.ts";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { nativeServices } from "../../deploy/stack/native/services.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";
import type { Finding } from "./finding.ts";

const GIB = 1024 ** 3;
/** What a stack that runs takes, with room: the containers' limits are above it. */
const MEMORY = { containers: 4 * GIB, native: 2 * GIB };
const DISK = 2 * GIB;
/** The oldest of each program that this configuration was seen to run on. */
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
  const remedy = isOlder(process.versions.node, oldest) ? "make node puts a pinned one under .tools/" : undefined;
  return { what: "node", seen: `${process.versions.node} (from ${oldest} on)`, remedy };
}

function engine({ STACK_FORM }: Variables): Finding {
  const what = "containers";
  if (STACK_FORM === "native") return { what, seen: "STACK_FORM=native: not asked", absent: true };
  if (hasDocker()) return { what, seen: versionOf("docker", ["version", "--format", "{{.Server.Version}}"]) };
  if (findsOnPath("docker")) {
    const { status, stderr } = spawnSync("docker", ["info"], { encoding: "utf8", timeout: 10_000 });
    return status === 0
      ? { what, seen: "docker without compose", remedy: "install its compose plugin (docker-compose-v2)" }
      : {
          what,
          seen: stderr.trim().split("\n").at(-1) ?? "docker does not answer",
          remedy: "systemctl start docker, or join its group; with STACK_FORM=native nothing asks for it",
        };
  }
  if (findsOnPath("podman")) {
    return {
      what,
      seen: "podman without the docker command",
      remedy: "install podman-docker and docker-compose, and systemctl enable --now podman.socket",
    };
  }
  return { what, seen: "no engine: the stack runs natively", absent: true };
}

function memory({ STACK_FORM }: Variables): Finding {
  const form = STACK_FORM !== "native" && hasDocker() ? "containers" : "native";
  const available = process.availableMemory();
  const seen = `${gib(available)} free, ${availableParallelism()} cores`;
  const remedy = available < MEMORY[form] ? `the stack takes up to ${gib(MEMORY[form])}: end something` : undefined;
  return { what: "memory", seen, remedy };
}

function disk(): Finding {
  const { bavail, bsize } = statfsSync(ROOT);
  const free = bavail * bsize;
  const remedy = free < DISK ? "make clean forgets what was stored; retention is in .env" : undefined;
  return { what: "disk", seen: `${gib(free)} free`, remedy };
}

function programs(variables: Variables): Finding[] {
  return nativeServices(variables)
    .filter(({ programs: names }) => names.length > 0)
    .map(({ name, programs: names }) => {
      const path = findProgram(names, variables);
      if (path === undefined) return { what: name, seen: `absent: ${howToGet(name)}`, absent: true };
      const version = versionOf(path, ["--version"]);
      const oldest = OLDEST[name];
      const old = oldest !== undefined && isOlder(version, oldest);
      return { what: name, seen: `${version} at ${path}`, remedy: old ? `${oldest} or later is needed` : undefined };
    });
}

const findsOnPath = (name: string): boolean =>
  findProgram([name], { PATH: process.env.PATH ?? "", STACK_BIN: "" }) !== undefined;

function versionOf(program: string, args: readonly string[]): string {
  try {
    const said = execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 10_000 });
    return /\d+\.\d+(\.\d+)?/.exec(said)?.[0] ?? "of an unknown version";
  } catch {
    return "of an unknown version";
  }
}

/** Compares the parts that both have; what is no version is not old. */
export function isOlder(version: string, oldest: string): boolean {
  const [own, other] = [version, oldest].map((text) => text.split(".").map(Number));
  for (const [at, wanted] of (other ?? []).entries()) {
    const part = own?.[at] ?? 0;
    if (Number.isNaN(part) || part > wanted) return false;
    if (part < wanted) return true;
  }
  return false;
}

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
