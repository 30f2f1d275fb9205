/** Binds a server to its port. The error for a port that is taken names the variable to change. */
import type { Server } from "node:net";

/** The process cannot start. The message says why and what to do, so that no stack is needed. */
export class BootError extends Error {
  override name = "BootError";
}

interface Address {
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** The environment variable that sets the port. */
  readonly variable: string;
}

/** @throws {BootError} when the port is taken or may not be used */
export function listen(server: Server, { host, port, variable }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is taken" : `cannot be used (${error.code})`;
      reject(new BootError(`port ${port} on ${host} ${why}: set ${variable} to another one`));
    });
    server.listen(port, host, resolve);
  });
}
