/** A real Loki in tests, with the configuration and the rules of the stack: on PATH or in a folder of STACK_BIN. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { Addresses } from "../../deploy/stack/native/addresses.ts";
import { findProgram, howToGet } from "../../deploy/stack/native/programs.ts";
import { renderService } from "../../deploy/stack/native/render.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { spawnChild } from "./children.ts";
import { freePort } from "./free-port.ts";
import { until } from "./wait.ts";

interface LokiProgram {
  /** Why it cannot be started; false where it can. */
  readonly skip: string | false;
  /** Starts it, with the windows of the fast form. It ends with the test file. @returns its URL, when it is ready */
  readonly start: () => Promise<string>;
}

export function lokiProgram(): LokiProgram {
  const loki = findProgram(["loki"], stackVariables());
  if (loki === undefined) {
    const skip = `not verified: ${howToGet("loki")}`;
    return { skip, start: () => Promise.reject(new Error(skip)) };
  }
  let stop = () => {};
  // In a hook, this would end it with the hook.
  after(() => stop());
  const start = async () => {
    const running = await started(loki);
    stop = running.stop;
    return running.url;
  };
  return { skip: false, start };
}

async function started(loki: string): Promise<{ readonly url: string; readonly stop: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), "loki-"));
  const variables = {
    ...stackVariables(),
    STACK_FAST: "1",
    LOKI_PORT: String(await freePort()),
    LOKI_GRPC_PORT: String(await freePort()),
  };
  const addresses = new Addresses(variables);
  const { args } = renderService("loki", {
    variables,
    addresses,
    directory,
    present: new Set(["loki"]),
    logFile: (service) => join(directory, `${service}.log`),
  });
  const running = spawnChild(loki, args, { cwd: directory });
  running.stdout.resume();
  running.stderr.resume();
  const stop = () => {
    running.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  const url = addresses.url("loki:3100");
  await until(async () => (await fetch(`${url}/ready`).catch(() => undefined))?.ok, "Loki is ready");
  return { url, stop };
}
