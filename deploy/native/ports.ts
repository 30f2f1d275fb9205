/** A taken port is found before anything is started, and named with its variable. */
import { createServer } from "node:net";
import type { Addresses } from "./addresses.ts";

/** @returns one line for each port of `services` that something else listens on */
export async function takenPorts(services: readonly string[], addresses: Addresses): Promise<string[]> {
  const taken: string[] = [];
  for (const service of services) {
    for (const { port, variable } of addresses.of(service)) {
      if (await isTaken(port)) taken.push(`port ${port} (${service}) is taken: set ${variable} to a free one`);
    }
  }
  return taken;
}

const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once("error", () => resolve(true))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(false)));
  });
