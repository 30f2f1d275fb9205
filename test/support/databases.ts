/** Starts real database servers with empty data, where they are installed. */
import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnChild } from "./children.ts";
import { freePort } from "./free-port.ts";
import { until } from "./wait.ts";

export interface RunningDatabase {
  readonly port: number;
  stop(): void;
}

/** Undefined when the program is not installed. */
type Start = () => Promise<RunningDatabase | undefined>;

const DEBIAN = "/usr/lib/postgresql";

export const startPostgresql: Start = async () => {
  const [version] = directoriesIn(DEBIAN).toSorted().reverse();
  if (version === undefined) return undefined;
  const bin = join(DEBIAN, version, "bin");
  const folder = mkdtempSync(join(tmpdir(), "postgresql-"));
  // PostgreSQL refuses to run as root.
  const asUser = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  if (asUser.length > 0) chownSync(folder, idOf("-u", "postgres"), idOf("-g", "postgres"));
  const data = join(folder, "data");
  run([...asUser, join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]);
  const port = await freePort();
  const listen = ["-D", data, "-p", String(port), "-k", folder, "-h", "127.0.0.1"];
  return serve([...asUser, join(bin, "postgres"), ...listen], port, folder, "ready to accept connections");
};

export const startRedis: Start = async () => {
  if (!isInstalled("redis-server")) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  const port = await freePort();
  return serve(["redis-server", "--port", String(port), "--save", "", "--dir", folder], port, folder);
};

export const startMariadb: Start = async () => {
  if (!isInstalled("mariadbd") || !isInstalled("mariadb-install-db")) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "mariadb-"));
  const data = join(folder, "data");
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  const normal = "--auth-root-authentication-method=normal";
  run(["mariadb-install-db", "--no-defaults", `--datadir=${data}`, ...user, normal, "--skip-test-db"]);
  const port = await freePort();
  const listen = [
    `--datadir=${data}`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    `--socket=${join(folder, "socket")}`,
  ];
  return serve(["mariadbd", "--no-defaults", ...user, ...listen], port, folder);
};

async function serve(command: string[], port: number, folder: string, ready?: string): Promise<RunningDatabase> {
  const [program = "", ...args] = command;
  const child = spawnChild(program, args, { group: true });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
  }
  await until(
    () => (ready === undefined || text.includes(ready)) && answers(port),
    () => `${program} does not answer: ${text}`,
  );
  return {
    port,
    stop() {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

function run([program = "", ...args]: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${stdout}${stderr}`);
}

const isInstalled = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

const idOf = (which: "-u" | "-g", user: string): number =>
  Number(spawnSync("id", [which, user], { encoding: "utf8" }).stdout);

function directoriesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
