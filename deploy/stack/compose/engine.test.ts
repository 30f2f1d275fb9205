/** The engine that `docker` talks to is found, and its socket and group are those that the socket proxy needs. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fakeDocker } from "../../../test/support/fake-docker.ts";
import { findProgram } from "../native/programs.ts";
import { ROOT, stackVariables } from "../settings/environment.ts";
import { engineAddress, isRemote, rootlessGroup, socketVariables } from "./engine.ts";

const directory = mkdtempSync(join(tmpdir(), "engine-"));
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Without a `docker` on PATH. */
const NOTHING = { PATH: directory };
const CONTEXT = fakeDocker(join(directory, "bin"), "unix:///of/the/context.sock");

async function socket(name: string): Promise<string> {
  const path = join(directory, name);
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

test("DOCKER_SOCKET comes before DOCKER_HOST, and this before the context", () => {
  const all = { ...CONTEXT, DOCKER_SOCKET: "/of/the/socket.sock", DOCKER_HOST: "unix:///of/the/host.sock" };
  assert.equal(engineAddress(all), "unix:///of/the/socket.sock");
  assert.equal(engineAddress({ ...all, DOCKER_SOCKET: "" }), "unix:///of/the/host.sock");
  assert.equal(engineAddress(CONTEXT), "unix:///of/the/context.sock");
});

test("without any of them it is a rootless engine's socket where there is one, else the usual one", async () => {
  const rootless = { ...NOTHING, XDG_RUNTIME_DIR: directory };
  assert.equal(engineAddress(rootless), "unix:///var/run/docker.sock");
  const path = await socket("docker.sock");
  assert.equal(engineAddress(rootless), `unix://${path}`);
  assert.equal(engineAddress(NOTHING), "unix:///var/run/docker.sock");
});

const docker = findProgram(["docker"], stackVariables());
test("a context that `docker context use` has chosen is followed", {
  skip: docker === undefined && "not verified: docker is not on PATH",
}, () => {
  const own = { PATH: process.env.PATH ?? "", DOCKER_CONFIG: join(directory, "config") };
  const context = (...args: string[]) => spawnSync(docker ?? "", ["context", ...args], { env: own, encoding: "utf8" });
  assert.equal(context("create", "far", "--docker", "host=ssh://somebody@far.test").status, 0);
  assert.equal(engineAddress(own), "unix:///var/run/docker.sock");
  assert.equal(context("use", "far").status, 0);
  assert.equal(engineAddress(own), "ssh://somebody@far.test");
  assert.equal(engineAddress({ ...own, DOCKER_HOST: "unix:///here.sock" }), "unix:///here.sock");
});

const linux = process.platform === "linux" ? false : "not verified: elsewhere the engine is in a virtual machine";
const root = process.getuid?.() === 0 ? false : "not verified: only root gives files away";

test("of root's socket the proxy joins the group", { skip: linux || root }, async () => {
  const path = await socket("rootful.sock");
  chownSync(path, 0, 4242);
  assert.deepEqual(socketVariables({ ...NOTHING, DOCKER_HOST: `unix://${path}` }), {
    DOCKER_SOCKET: path,
    DOCKER_GID: "4242",
  });
});

test("a rootless engine's user is root in its containers, and so is the user's group", { skip: linux }, async () => {
  const path = await socket("rootless.sock");
  if (process.getuid?.() === 0) chownSync(path, 4242, 4242);
  assert.deepEqual(socketVariables({ ...NOTHING, DOCKER_HOST: `unix://${path}` }), {
    DOCKER_SOCKET: path,
    DOCKER_GID: "0",
  });
});

test("a rootless engine numbers its user's group 0, and those of /etc/subgid from 1 on", () => {
  const subgid = "other:100000:65536\nsomebody:165536:65536\n";
  assert.deepEqual(
    [1000, 99_999, 100_000, 165_535, 165_536, 165_642, 231_072].map((gid) => rootlessGroup(gid, subgid)),
    [0, 0, 1, 65_536, 1, 107, 0],
  );
  assert.equal(rootlessGroup(1000, ""), 0);
});

test("Docker Desktop's engine has the usual socket in its virtual machine", () => {
  const host = "unix:///home/somebody/.docker/desktop/docker.sock";
  assert.deepEqual(socketVariables({ ...NOTHING, DOCKER_HOST: host }), {
    DOCKER_SOCKET: "/var/run/docker.sock",
    DOCKER_GID: "0",
  });
});

test("a socket and a group that are set are taken as they are", () => {
  const own = { DOCKER_SOCKET: "/in/a/machine.sock", DOCKER_GID: "7" };
  assert.deepEqual(socketVariables({ ...NOTHING, ...own, DOCKER_HOST: "tcp://127.0.0.1:2375" }), own);
});

test("a path without a socket is named with the variable that corrects it", { skip: linux }, () => {
  const path = join(directory, "plain-file");
  const of = () => socketVariables({ ...NOTHING, DOCKER_SOCKET: path });
  assert.throws(of, new RegExp(`${path} is no socket: set DOCKER_SOCKET`));
  writeFileSync(path, "");
  assert.throws(of, new RegExp(`${path} is no socket: set DOCKER_SOCKET`));
});

for (const [address, remote] of [
  ["ssh://somebody@far.test", true],
  ["tcp://10.0.0.1:2376", true],
  ["unix:///var/run/docker.sock", false],
  ["npipe:////./pipe/docker_engine", false],
] as const) {
  test(`${address} is ${remote ? "elsewhere" : "on this machine"}`, () => assert.equal(isRemote(address), remote));
}

test("`make up` with an engine elsewhere says why it cannot, and what to do, in one line", () => {
  const PATH = fakeDocker(join(directory, "remote"), "ssh://somebody@far.test").PATH;
  const { status, stderr } = spawnSync(process.execPath, ["deploy/stack/main.ts", "up"], {
    cwd: ROOT,
    env: { PATH },
    encoding: "utf8",
  });
  assert.match(stderr, /^the Docker engine is at ssh:\/\/somebody@far\.test: .*STACK_FORM=native.*\n$/);
  assert.equal(status, 1);
});
