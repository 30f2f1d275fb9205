/**
 * Shows where the time of a CPU profile went: `node dev/bench/profile.ts .run/bench/c.cpuprofile [calls]`. It prints
 * three tables of self time: by package or file, by function, and by the nearest caller in server/. With the number
 * of calls it also prints microseconds per call.
 */
import { readFileSync } from "node:fs";

interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface Node {
  readonly id: number;
  readonly children?: readonly number[];
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

const TOP = 50;

const [file = "", calls] = process.argv.slice(2);
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8")) as Profile;
const byId = new Map(nodes.map((node) => [node.id, node]));
const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node])));
const modules = new Map<string, number>();
const functions = new Map<string, number>();
const callers = new Map<string, number>();
let total = 0;

for (const [index, id] of samples.entries()) {
  const node = byId.get(id);
  const us = timeDeltas[index] ?? 0;
  if (node === undefined || node.callFrame.functionName === "(idle)") continue;
  total += us;
  add(modules, moduleOf(node), us);
  add(
    functions,
    `${node.callFrame.functionName || "(anonymous)"} ${moduleOf(node)}:${node.callFrame.lineNumber + 1}`,
    us,
  );
  add(callers, callerOf(node), us);
}
process.stdout.write([modules, functions, callers].map(top).join("\n\n"));

function add(times: Map<string, number>, key: string, us: number): void {
  times.set(key, (times.get(key) ?? 0) + us);
}

function top(times: ReadonlyMap<string, number>): string {
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, TOP)
    .map(([name, us]) => {
      const share = `${((us / total) * 100).toFixed(1)} %`.padStart(7);
      const perCall = calls === undefined ? "" : `${(us / Number(calls)).toFixed(1)} µs`.padStart(10);
      return `${share}${perCall}  ${name}\n`;
    })
    .join("");
}

function moduleOf({ callFrame: { functionName, url } }: Node): string {
  if (url === "") return functionName.startsWith("(") ? functionName : "(native)";
  const inside = url.slice(url.lastIndexOf("node_modules/"));
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(inside)?.[1] ?? url.replace(/^.*\/server\//, "server/");
}

/** The nearest caller in server/, or the function itself if it is there. */
function callerOf(node: Node): string {
  for (let at: Node | undefined = node; at !== undefined; at = parents.get(at.id)) {
    const module = moduleOf(at);
    if (module.startsWith("server/")) return `${at.callFrame.functionName || "(anonymous)"} ${module}`;
  }
  return "(none)";
}
