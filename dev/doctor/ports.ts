/** Ports of what does not run: free, or taken by somebody who is named where the system says who. */
import { spawnSync } from "node:child_process";
import type { Addresses } from "../../deploy/stack/native/addresses.ts";
import { takenPorts } from "../../deploy/stack/native/ports.ts";
import type { Finding } from "./finding.ts";

/** @param services that do not run */
export async function ports(services: readonly string[], addresses: Addresses): Promise<Finding[]> {
  const taken = await takenPorts(services, addresses);
  if (taken.length === 0) return [{ what: "ports", seen: services.length > 0 ? "free" : "held by the stack" }];
  return taken.map(({ port, service, variable }) => ({
    what: `port ${port}`,
    seen: `${service} needs it, and ${holderOf(port)} has it`,
    remedy: `end that, or set ${variable} to a free one`,
  }));
}

/** By `ss`, which names processes of the same user only, and all of them to root. */
function holderOf(port: number): string {
  const { stdout } = spawnSync("ss", ["-Hltnp", `sport = :${port}`], { encoding: "utf8" });
  const [, name, pid] = /\(\("([^"]+)",pid=(\d+)/.exec(stdout ?? "") ?? [];
  return name === undefined ? "another process" : `${name} (pid ${pid})`;
}
