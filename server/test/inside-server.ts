/** A running server with `inside.ts` in it, for `runServer(own, ...INSIDE)`. */
import type { Vitals } from "../soak/vitals.ts";
import type { RunningServer } from "./running-server.ts";

export const INSIDE = ["server/main.ts", ["--import", "./server/test/inside.ts"]] as const;

export const command = (server: RunningServer, line: string): void => void server.process.stdin?.write(`${line}\n`);

/** Asks the server's process for its vitals, after a garbage collection. */
export async function vitals(server: RunningServer): Promise<Vitals> {
  const found = () => server.lines().filter(({ msg }) => msg === "vitals");
  const before = found().length;
  command(server, "vitals");
  await server.line((line) => line.msg === "vitals" && found().length > before);
  return found().at(-1) as unknown as Vitals;
}
