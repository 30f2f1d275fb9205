/** The Inspector's CLI: a process and a session for each method. Cancelling is ending the process. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(import.meta.resolve("@modelcontextprotocol/inspector/clients/launcher/build/index.js"));
const CLI = [LAUNCHER, "--cli", process.env.MCP_URL, "--transport", "http", "--format", "json"];
const say = (step, saw) => process.stdout.write(`${JSON.stringify({ step, saw })}\n`);

/** @param endAfterMs when to end the process; undefined: never */
async function run(args, endAfterMs) {
  const child = spawn(process.execPath, [...CLI, ...args], { timeout: endAfterMs, killSignal: "SIGKILL" });
  const [output, code] = await Promise.all([
    child.stdout.toArray(),
    new Promise((resolve) => child.once("exit", resolve)),
  ]);
  return { code, answer: output.length === 0 ? undefined : JSON.parse(Buffer.concat(output).toString()).result };
}

async function call(step, tool, ...args) {
  const toolArgs = args.length === 0 ? [] : ["--tool-arg", ...args];
  const { answer } = await run(["--method", "tools/call", "--tool-name", tool, ...toolArgs]);
  if (answer === undefined) say(step, "not sent");
  else say(step, answer.isError ? "tool error" : "result");
}

const { answer } = await run(["--method", "tools/list"]);
say("connect", "connected");
say("list", answer.tools.map(({ name }) => name).join());
await call("add", "add", "a=1", "b=2");
await call("tool error", "fault", "mode=error");
await call("unknown tool", "no_such_tool");
await call("bad arguments", "add", "a=one");
await run(["--method", "tools/call", "--tool-name", "fault", "--tool-arg", "mode=slow", "ms=9900"], 8000);
say("cancel", "cancelled");
await call("after cancel", "add", "a=3", "b=4");
say("leave", "left");
