/** Where each `service:port` of the compose file is natively: on loopback, at the port its variable names. */
import type { Variables } from "../settings/environment.ts";
import { loopbackOf } from "../settings/replicas.ts";
import { nativeServices } from "./services.ts";

interface Port {
  readonly host: string;
  readonly port: number;
  readonly variable: string;
}

export class Addresses {
  readonly #ports = new Map<string, Port>();

  /** @throws for a variable that is no port */
  constructor(variables: Variables) {
    for (const { name, aliases, ports } of nativeServices(variables)) {
      for (const [port, variable] of Object.entries(ports)) {
        const own = Number(variables[variable] || port);
        if (!Number.isInteger(own) || own < 1 || own > 65_535) {
          throw new Error(`${variable}: expected a port, 1 to 65535`);
        }
        for (const known of [name, ...aliases]) {
          this.#ports.set(`${known}:${port}`, { host: loopbackOf(name), port: own, variable });
        }
      }
    }
  }

  /** @param port as in compose */
  port(service: string, port: number): number {
    return this.#ports.get(`${service}:${port}`)?.port ?? port;
  }

  /** The ports of one service, with the variable that sets each. */
  of(service: string): readonly Port[] {
    return [...this.#ports].flatMap(([key, value]) => (key.startsWith(`${service}:`) ? [value] : []));
  }

  /** @param target `service:port/path` */
  url(target: string): string {
    return `http://${this.localised(target)}`;
  }

  /** A text with each `service:port` in it replaced. */
  localised(text: string): string {
    return text.replace(/\b[a-z][a-z\d-]*:\d+\b/g, (target) => {
      const found = this.#ports.get(target);
      return found === undefined ? target : `${found.host}:${found.port}`;
    });
  }
}
