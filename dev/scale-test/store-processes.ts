/** The object store, the replicas of Loki, and Tempo, as processes that end with this one. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers } from "../../deploy/stack/native/stack.ts";
import { toYaml } from "../../deploy/stack/settings/yaml.ts";
import { spawnChild } from "../../test/support/children.ts";
import { eventually } from "../lib/poll.ts";

const READY_MS = 120_000;
const STOP_MS = 60_000;

export interface Settled {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 when it is ready. */
  readonly ready: string;
  /** Where its data lie. */
  readonly folder: string;
  /** Files to write before it starts, by path below {@link folder}. */
  readonly files: Readonly<Record<string, object>>;
}

export class StoreProcess {
  readonly #settled: Settled;
  #child: ChildProcess | undefined;

  constructor(settled: Settled) {
    this.#settled = settled;
  }

  /** @throws when it is not ready in time, or another process has its port */
  async start(): Promise<void> {
    const { name, program, args, environment, ready, folder, files } = this.#settled;
    if (await answers(ready)) throw new Error(`${ready} is answered by another process: make down`);
    mkdirSync(folder, { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      const path = join(folder, file);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, toYaml(content));
    }
    const log = openSync(`${folder}.log`, "a");
    const env = { PATH: process.env.PATH, HOME: folder, ...environment };
    this.#child = spawnChild(program, args, { cwd: folder, env, stdio: ["ignore", log, log] });
    const ended = once(this.#child, "exit").then(() => {
      throw new Error(`${name} ended while it started: see ${folder}.log`);
    });
    // It ends after that, too.
    ended.catch(() => {});
    await Promise.race([ended, eventually(READY_MS, async () => (await answers(ready)) || undefined)]);
  }

  /** SIGKILL: it writes nothing more. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** SIGTERM, or whatever else `ask` does to end it. */
  async stop(ask?: () => Promise<void>): Promise<void> {
    if (ask === undefined) await this.#end("SIGTERM");
    else await Promise.all([this.#ended(), ask()]);
  }

  /** Deletes its data. It must not run. */
  wipe(): void {
    rmSync(this.#settled.folder, { recursive: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ended = this.#ended();
    this.#child?.kill(signal);
    await ended;
  }

  async #ended(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const killed = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await once(child, "exit");
    clearTimeout(killed);
  }
}
