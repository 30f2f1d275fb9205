/** Which Docker engine `docker` talks to, and which socket of it the socket proxy mounts. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Variables } from "../settings/environment.ts";

const DEFAULT_SOCKET = "/var/run/docker.sock";
const SUBGID = "/etc/subgid";
const UNIX = /^unix:\/\//;
/** Docker Desktop's sockets lead into a virtual machine, where the engine has its own at the default path. */
const DESKTOP = /\/\.docker\/(desktop|run)\//;

/**
 * The engine's address, such as `unix:///var/run/docker.sock` or `ssh://somebody@host`: of DOCKER_SOCKET, DOCKER_HOST,
 * the current context, or the default of a rootless engine, whichever is there first.
 */
export function engineAddress(variables: Variables): string {
  const { DOCKER_SOCKET, DOCKER_HOST } = variables;
  if (DOCKER_SOCKET) return `unix://${DOCKER_SOCKET}`;
  return DOCKER_HOST || contextAddress(variables) || `unix://${rootlessSocket(variables) ?? DEFAULT_SOCKET}`;
}

/** An engine elsewhere does not have the files of this checkout, which docker-compose.yml mounts. */
export const isRemote = (address: string): boolean => /^(tcp|ssh|https?):\/\//.test(address);

/** What to do about an engine elsewhere. */
export const REMOTE_FIX =
  "docker-compose.yml mounts files of this checkout, which that engine does not have. Run this on the engine's own " +
  "machine, or use an engine of this one (unset DOCKER_HOST; docker context use default), or none (STACK_FORM=native). " +
  "If the address is this machine, name the engine's socket: DOCKER_SOCKET=/var/run/docker.sock";

/**
 * The socket that is mounted and the group that may use it; a variable that is set stays as it is.
 * @throws for a remote engine, and for a socket that is not there
 */
export function socketVariables(variables: Variables): { DOCKER_SOCKET: string; DOCKER_GID: string } {
  const address = engineAddress(variables);
  if (isRemote(address)) throw new Error(`the Docker engine is at ${address}: ${REMOTE_FIX}`);
  const path = address.replace(UNIX, "");
  const inMachine = process.platform !== "linux" || DESKTOP.test(path);
  return {
    DOCKER_SOCKET: variables.DOCKER_SOCKET || (inMachine ? DEFAULT_SOCKET : path),
    DOCKER_GID: variables.DOCKER_GID || (inMachine ? "0" : groupInContainer(path)),
  };
}

function groupInContainer(socket: string): string {
  const found = statSync(socket, { throwIfNoEntry: false });
  if (!found?.isSocket()) throw new Error(`${socket} is no socket: set DOCKER_SOCKET to the Docker engine's`);
  if (found.uid === 0) return String(found.gid);
  return String(rootlessGroup(found.gid, existsSync(SUBGID) ? readFileSync(SUBGID, "utf8") : ""));
}

/**
 * A group as the containers of a rootless engine number it: its user's own is 0, and those that /etc/subgid gives to
 * the user follow from 1 on.
 */
export function rootlessGroup(gid: number, subgid: string): number {
  for (const line of subgid.split("\n")) {
    const [first = 0, count = 0] = line.split(":").slice(1).map(Number);
    if (gid >= first && gid < first + count) return gid - first + 1;
  }
  return 0;
}

/** Podman's `docker` knows no contexts. */
function contextAddress(variables: Variables): string {
  const asked = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
  const { status, stdout } = spawnSync("docker", asked, { env: variables, encoding: "utf8", timeout: 10_000 });
  return status === 0 ? stdout.trim() : "";
}

function rootlessSocket({ XDG_RUNTIME_DIR }: Variables): string | undefined {
  const path = XDG_RUNTIME_DIR ? join(XDG_RUNTIME_DIR, "docker.sock") : undefined;
  return path !== undefined && existsSync(path) ? path : undefined;
}
