/** Checks that the ports of the services that do not run are free, and names the process that holds one. */
import { spawnSync } from "node:child_process";
import type { Addresses } from "../../deploy/stack/native/addresses.ts";
import { takenPorts } from "../../deploy/stack/native/ports.ts";
import type { Finding } from "./finding.ts";

/** @param services that do not run */
export async function ports(services: readonly string[], addresses: Addresses): Promise<Finding[]> {
  const taken = await takenPorts(services, addresses);
  if (taken.length === 0) return [{ subject: "ports", found: services.length > 0 ? "free" : "used by the stack" }];
  return taken.map(({ port, service, variable }) => {
    const { name, pid } = holderOf(port);
    return {
      subject: `port ${port}`,
      found: `${service} needs it, but ${name} listens on it`,
      fix: `${pid === undefined ? "stop that process" : `kill ${pid}`}, or set ${variable} in .env.local to a free port`,
    };
  });
}

/** Asks `ss`, which shows a user only their own processes, and root all of them. */
function holderOf(port: number): { readonly name: string; readonly pid?: string | undefined } {
  const { stdout } = spawnSync("ss", ["-Hltnp", `sport = :${port}`], { encoding: "utf8" });
  const [, name, pid] = /\(\("([^"]+)",pid=(\d+)/.exec(stdout ?? "") ?? [];
  return name === undefined ? { name: "another process" } : { name: `${name} (pid ${pid})`, pid };
}
