/** Finds ports that are in use, before anything is started. */
import { createServer } from "node:net";
import type { Addresses } from "./addresses.ts";

export interface TakenPort {
  readonly port: number;
  readonly service: string;
  /** The variable that sets it. */
  readonly variable: string;
}

/** @returns the ports of `services` that something else listens on */
export async function takenPorts(services: readonly string[], addresses: Addresses): Promise<TakenPort[]> {
  const taken: TakenPort[] = [];
  for (const service of services) {
    for (const { host, port, variable } of addresses.of(service)) {
      if (await isTaken(host, port)) taken.push({ port, service, variable });
    }
  }
  return taken;
}

export const sayTaken = ({ port, service, variable }: TakenPort): string =>
  `port ${port} (${service}) is taken: set ${variable} in .env.local to a free one`;

const isTaken = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once("error", () => resolve(true))
      .listen(port, host, () => server.close(() => resolve(false)));
  });
