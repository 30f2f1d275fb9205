/** Stops, freezes and restarts services of the running stack: native processes, or containers (not verified). */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Processes } from "../../deploy/stack/native/processes.ts";
import { DIRECTORY } from "../../deploy/stack/native/stack.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";

export interface Services {
  /** The service that sends the log lines to Loki. */
  readonly shipper: string;
  /** @returns starts it again */
  stop(service: string): Promise<() => Promise<void>>;
  /** Suspends the process: it lives and does nothing. */
  freeze(service: string): Promise<void>;
  thaw(service: string): Promise<void>;
}

const STOP_MS = 15_000;

export function runningServices(variables: Variables): Services {
  const processes = new Processes(DIRECTORY);
  return processes.isRunning("mcp-server") ? native(processes) : containers(variables);
}

const native = (processes: Processes): Services => ({
  shipper: "promtail",
  stop: (service) => processes.interrupt(service, STOP_MS),
  freeze: async (service) => processes.signal(service, "SIGSTOP"),
  thaw: async (service) => processes.signal(service, "SIGCONT"),
});

function containers(variables: Variables): Services {
  const compose = async (...args: string[]) => {
    await promisify(execFile)("docker", ["compose", ...args], { cwd: ROOT, env: variables });
  };
  return {
    shipper: variables.COMPOSE_PROFILES ?? "promtail",
    async stop(service) {
      await compose("stop", service);
      return () => compose("start", service);
    },
    freeze: (service) => compose("pause", service),
    thaw: (service) => compose("unpause", service),
  };
}
