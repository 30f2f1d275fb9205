/** Listeners that are broken below MCP. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { spawnChild } from "../../../../test/support/children.ts";
import { timeToGoWrong } from "../../../../test/support/wait.ts";
import { listening } from "./fake-server.ts";

/** Accepts connections and never answers. */
export const blackHole = (): Promise<number> => listening(createServer(() => {}));

/** Answers with another protocol than HTTP. */
export const notHttp = (): Promise<number> =>
  listening(createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.2\r\n")));

export interface FullListener {
  readonly port: number;
  close(): void;
}

const LISTEN = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => process.stdout.write(String(server.address().port)));
`;

/** A listener whose accept queue is full: its process is stopped, and waiting connections fill the queue. */
export async function fullListener(): Promise<FullListener> {
  const child = spawnChild(process.execPath, ["-e", LISTEN]);
  const [port] = await once(child.stdout, "data");
  child.kill("SIGSTOP");
  const waiting: Socket[] = [];
  for (let connected = true; connected; ) {
    const socket = connect(Number(port), "127.0.0.1").on("error", () => {});
    waiting.push(socket);
    connected = await Promise.race([once(socket, "connect").then(() => true), timeToGoWrong(500).then(() => false)]);
  }
  return {
    port: Number(port),
    close() {
      for (const socket of waiting) socket.destroy();
      child.kill("SIGKILL");
    },
  };
}
