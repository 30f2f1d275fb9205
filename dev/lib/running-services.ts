/** Stops, freezes and restarts services of the running stack: native processes, or containers. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { composeFile } from "../../deploy/stack/compose/stack.ts";
import { Processes } from "../../deploy/stack/native/processes.ts";
import { DIRECTORY, STOP_MS } from "../../deploy/stack/native/stack.ts";
import { ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";
import { replicaNames, serviceOf } from "../../deploy/stack/settings/replicas.ts";

export interface Services {
  /** The service that sends the log lines to Loki. */
  readonly shipper: string;
  /** The replicas of a service, or the service itself. */
  instances(service: string): readonly string[];
  /** @returns starts it again */
  stop(service: string): Promise<() => Promise<void>>;
  /** Suspends the process: it lives and does nothing. */
  freeze(service: string): Promise<void>;
  thaw(service: string): Promise<void>;
}

export function runningServices(variables: Variables): Services {
  const processes = new Processes(DIRECTORY);
  return processes.names().some((name) => processes.isRunning(name)) ? native(processes) : containers(variables);
}

/** What is done to a service is done to each of its replicas. */
function native(processes: Processes): Services {
  const instances = (service: string) => processes.names().filter((name) => [name, serviceOf(name)].includes(service));
  const signal = async (service: string, signal: NodeJS.Signals) => {
    for (const name of instances(service)) processes.signal(name, signal);
  };
  return {
    shipper: "promtail",
    instances,
    async stop(service) {
      const starts = await Promise.all(instances(service).map((name) => processes.interrupt(name, STOP_MS)));
      return async () => void (await Promise.all(starts.map((start) => start())));
    },
    freeze: (service) => signal(service, "SIGSTOP"),
    thaw: (service) => signal(service, "SIGCONT"),
  };
}

function containers(variables: Variables): Services {
  const replicas = replicaNames(variables);
  const instances = (service: string) => (replicas.some((name) => serviceOf(name) === service) ? replicas : [service]);
  const compose = async (command: string, service: string) => {
    const env = { ...variables, ...composeFile(variables) };
    await promisify(execFile)("docker", ["compose", command, ...instances(service)], { cwd: ROOT, env });
  };
  return {
    shipper: variables.COMPOSE_PROFILES ?? "promtail",
    instances,
    async stop(service) {
      await compose("stop", service);
      return () => compose("start", service);
    },
    freeze: (service) => compose("pause", service),
    thaw: (service) => compose("unpause", service),
  };
}
