/** The native stack with three replicas behind HAProxy, and what can happen to its processes. */
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Processes } from "../../deploy/stack/native/processes.ts";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { answers, DIRECTORY, down, up } from "../../deploy/stack/native/stack.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";
import { loopbackOf, replicaNames } from "../../deploy/stack/settings/replicas.ts";
import { spawnChild } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import { samplesIn, sumOf } from "../lib/open-metrics.ts";
import { eventually } from "../lib/poll.ts";

/** Not where `make up` keeps its data: thousands of good calls would stay in the error budgets of whoever runs it next. */
export const OWN = join(ROOT, ".run", "scale-test");
const STOP_MS = 30_000;
const STATE_MS = 30_000;

export class ScaledStack {
  readonly replicas: readonly string[];
  readonly url: URL;
  readonly #variables: Variables;
  readonly #processes = new Processes(DIRECTORY);

  private constructor(variables: Variables) {
    this.#variables = variables;
    this.replicas = replicaNames(variables);
    this.url = new URL(`http://127.0.0.1:${variables.MCP_PORT}/mcp`);
  }

  /** @throws when a stack runs already, or there is no HAProxy */
  static async start(variables: Variables): Promise<ScaledStack> {
    const stack = new ScaledStack(variables);
    if (stack.#processes.names().length > 0) throw new Error("a stack is up: make down");
    if (findProgram(["haproxy"], variables) === undefined) throw new Error(`no haproxy: ${howToGet("haproxy")}`);
    rmSync(OWN, { recursive: true, force: true });
    await up(variables, OWN);
    return stack;
  }

  async stop(): Promise<void> {
    await down(this.#variables);
  }

  /** Once it is stopped. */
  deleteData(): void {
    rmSync(OWN, { recursive: true });
  }

  async restartRouter(): Promise<void> {
    const start = await this.#processes.interrupt("router", STOP_MS);
    await start();
    await eventually(STATE_MS, async () => (await answers(this.#router("/readyz"))) || undefined);
  }

  /** Sends SIGKILL. */
  kill(replica: string): void {
    this.#processes.signal(replica, "SIGKILL");
  }

  /** Ends a replica, if it runs, and starts it again. */
  async restart(replica: string): Promise<void> {
    const start = await this.#processes.interrupt(replica, STOP_MS);
    await start();
    await eventually(STATE_MS, async () => (await this.#isUp(replica)) || undefined);
  }

  /** A number of one replica's metrics page. */
  async metric(replica: string, name: string, labels: Readonly<Record<string, string>>): Promise<number> {
    const page = await fetch(`http://${loopbackOf(replica)}:${this.#variables.METRICS_PORT}/metrics`);
    return sumOf(samplesIn(await page.text()), name, labels);
  }

  /** Starts another router with the same file, on other ports. @returns its URL, and what ends it */
  async secondRouter(): Promise<{ readonly url: URL; end(): Promise<void> }> {
    const { MCP_PORT, ROUTER_PORT } = this.#variables;
    const [port, operatorPort] = [await freePort(), await freePort()];
    const configuration = readFileSync(join(OWN, "root", "router", "etc", "router", "haproxy.cfg"), "utf8")
      .replace(`bind 127.0.0.1:${MCP_PORT}`, `bind 127.0.0.1:${port}`)
      .replace(`bind 127.0.0.1:${ROUTER_PORT}`, `bind 127.0.0.1:${operatorPort}`);
    const file = join(OWN, "second-router.cfg");
    writeFileSync(file, configuration);
    const child = spawnChild(findProgram(["haproxy"], this.#variables) ?? "", ["-f", file], { stdio: "ignore" });
    await eventually(STATE_MS, async () => (await answers(`http://127.0.0.1:${operatorPort}/readyz`)) || undefined);
    return {
      url: new URL(`http://127.0.0.1:${port}/mcp`),
      async end() {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
      },
    };
  }

  async #isUp(replica: string): Promise<boolean> {
    const page = await (await fetch(this.#router("/metrics"))).text();
    return sumOf(samplesIn(page), "haproxy_server_status", { proxy: "replicas", server: replica, state: "UP" }) === 1;
  }

  #router(path: string): string {
    return `http://127.0.0.1:${this.#variables.ROUTER_PORT}${path}`;
  }
}
