/**
 * `make inspect`: leads a browser on this machine to the inspector of a server in a container, which answers only who is
 * inside the container. Each connection to a free port of 127.0.0.1 becomes a connection inside, by `docker compose exec`:
 * the server needs no setting, and the way ends with this command.
 */
import { spawn } from "node:child_process";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { composeFile, hasDocker } from "../../deploy/stack/compose/stack.ts";
import { ROOT, stackVariables } from "../../deploy/stack/settings/environment.ts";
import { loopbackOf, replicaNames } from "../../deploy/stack/settings/replicas.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const variables = stackVariables();
const service = variables.SERVICE ?? replicaNames(variables)[0] ?? "mcp-server";
/** METRICS_PORT of the server in its container: docker-compose.yml. */
const INSIDE = 9464;
const CONNECT = `const s=require("net").connect(${INSIDE},"127.0.0.1");process.stdin.pipe(s);s.pipe(process.stdout);s.on("error",(e)=>{console.error(e.message);process.exit(1)})`;

function connectInside(socket: Socket): void {
  const child = spawn("docker", ["compose", "exec", "-T", service, "node", "-e", CONNECT], {
    cwd: ROOT,
    env: { ...variables, ...composeFile(variables) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  for (const end of [socket, child.stdin, child.stdout]) end.on("error", () => socket.destroy());
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
  child.once("exit", () => socket.end());
  socket.once("close", () => child.kill());
}

if (variables.STACK_FORM === "native" || !hasDocker()) {
  say(`no container: the inspector is at http://${loopbackOf(service)}:${variables.METRICS_PORT}/inspect`);
} else {
  const server = createServer(connectInside).listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    say(`the inspector of ${service} is at http://127.0.0.1:${port}/inspect until Ctrl-C`);
  });
}
