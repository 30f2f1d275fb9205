/** Binds a server to its address. The error names the variable to change. */
import { type AddressInfo, isIPv6, type Server } from "node:net";

/** The process cannot start. The message says why and what to do, so that no stack is needed. */
export class BootError extends Error {
  override name = "BootError";
}

interface Address {
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** The environment variables that set them. */
  readonly variables: { readonly host: string; readonly port: string };
}

/** @throws {BootError} when the port or the address cannot be used */
export function listen(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new BootError(explained(error.code, address))));
    server.listen(address.port, address.host, resolve);
  });
}

function explained(code: string | undefined, { host, port, variables }: Address): string {
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is taken: set ${variables.port} to another one`;
    case "EACCES":
      return `this user may not listen on port ${port} of ${host}: set ${variables.port} to another one`;
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "ENOTFOUND":
      return `${host} is not an address of this machine: set ${variables.host} to another one`;
    default:
      return `cannot listen on port ${port} of ${host} (${code}): see ${variables.host} and ${variables.port}`;
  }
}

/** The URL of a server that listens, without a path. @param host as it was given to `listen` */
export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
