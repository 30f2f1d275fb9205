/**
 * Says where a profile's time went: `node dev/bench/profile.ts .run/bench/c.cpuprofile [calls]`. Three tables: self
 * time by package or file, the same by function, and by the file of this project that asked for it. With a number of
 * calls, in microseconds per call.
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
const places = new Map<string, number>();
const functions = new Map<string, number>();
const askers = new Map<string, number>();
let total = 0;

for (const [index, id] of samples.entries()) {
  const node = byId.get(id);
  const us = timeDeltas[index] ?? 0;
  if (node === undefined || node.callFrame.functionName === "(idle)") continue;
  total += us;
  add(places, placeOf(node), us);
  add(
    functions,
    `${node.callFrame.functionName || "(anonymous)"} ${placeOf(node)}:${node.callFrame.lineNumber + 1}`,
    us,
  );
  add(askers, askerOf(node), us);
}
process.stdout.write([places, functions, askers].map(top).join("\n\n"));

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

function placeOf({ callFrame: { functionName, url } }: Node): string {
  if (url === "") return functionName.startsWith("(") ? functionName : "(native)";
  const inside = url.slice(url.lastIndexOf("node_modules/"));
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(inside)?.[1] ?? url.replace(/^.*\/server\//, "server/");
}

/** The nearest caller within this project. */
function askerOf(node: Node): string {
  for (let at: Node | undefined = node; at !== undefined; at = parents.get(at.id)) {
    const place = placeOf(at);
    if (place.startsWith("server/")) return `${at.callFrame.functionName || "(anonymous)"} ${place}`;
  }
  return "(none)";
}
