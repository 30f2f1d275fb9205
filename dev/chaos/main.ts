/**
 * `make chaos MINUTES=3`: hostile callers, and faults of the collector, the log's disk and the dependency, while honest
 * callers go on. Says at the end which properties held; exit code 1 when one did not. SEED=… repeats the schedule,
 * ONLY=sessions,disk takes these hostile callers and faults alone. Linux only: memory is read from /proc. As root, the
 * limit of memory is enforced by a cgroup, and the disk gets really full.
 */
import { randomInt } from "node:crypto";
import { table } from "../../deploy/stack/table.ts";
import { accounting } from "./accounting.ts";
import { FAULTS } from "./faults.ts";
import { HOSTILE_CALLERS } from "./hostile-callers.ts";
import { serverProperties } from "./properties.ts";
import { run } from "./run.ts";
import { schedule } from "./schedule.ts";

const MAX_SUSPECTS = 12;

const say = (line: string) => void process.stdout.write(`${line}\n`);

const seed = wholeNumber("SEED", randomInt(2 ** 31));
const minutes = Number(process.env.MINUTES || 3);
if (!(minutes > 0 && minutes <= 60)) throw new Error(`MINUTES: expected 0 to 60, not ${process.env.MINUTES}`);
const only = process.env.ONLY?.split(",").filter((name) => name !== "") ?? [];
const known = [...Object.keys(HOSTILE_CALLERS), ...Object.keys(FAULTS)];
const unknown = only.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`ONLY: there is no ${unknown.join(", ")}; there are ${known.join(", ")}`);
const isSelected = (name: string) => only.length === 0 || only.includes(name);

say(`seed ${seed}`);
const plan = schedule(
  seed,
  minutes * 60_000,
  Object.keys(HOSTILE_CALLERS).filter(isSelected),
  Object.fromEntries(Object.entries(FAULTS).filter(([target]) => isSelected(target))),
);
const ran = await run(plan, seed, minutes * 60_000, say);
const properties = [...serverProperties(ran), ...(ran.observed === undefined ? [] : accounting(ran.observed))];
say("");
say(
  table([
    ["PROPERTY", "", "SEEN"],
    ...properties.map(({ name, holds, seen }) => [name, holds ? "ok" : "FAILED", seen]),
  ]),
);
if (ran.suspects.length > 0) {
  say(
    `\nCalls of honest callers that were slow or failed: ${ran.honest.incidents.length}. These faults and callers were active during them:`,
  );
  say(table(ran.suspects.slice(0, MAX_SUSPECTS).map(([what, calls]) => [`  ${what}`, `${calls}`])));
}
const repeat = `SEED=${seed} MINUTES=${minutes}${only.length === 0 ? "" : ` ONLY=${only.join(",")}`} make chaos`;
say(`\nTo repeat this run: ${repeat}`);
process.exit(properties.every(({ holds }) => holds) ? 0 : 1);

function wholeNumber(name: string, otherwise: number): number {
  const text = process.env[name] || String(otherwise);
  if (!/^\d{1,10}$/.test(text)) throw new Error(`${name}: expected a whole number, not ${text}`);
  return Number(text);
}
