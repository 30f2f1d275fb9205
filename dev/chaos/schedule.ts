/** What happens when in a run: from its seed alone. */
import { type Random, randomness } from "../../test/support/random.ts";

export interface Attack {
  readonly atMs: number;
  readonly caller: string;
  /** Of the caller's own choices. */
  readonly seed: number;
}

export interface Fault {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly target: string;
  readonly mode: string;
}

export interface Schedule {
  readonly attacks: readonly Attack[];
  readonly faults: readonly Fault[];
}

const ATTACK_EVERY_MS = 2000;
/** Of a fault, and of the time between two. */
const FAULT_MS = [2000, 6000] as const;

/**
 * @param ms how long it lasts
 * @param callers names of the hostile callers; each comes once before any comes again
 * @param modes of faults by their target, likewise
 */
export function schedule(
  seed: number,
  ms: number,
  callers: readonly string[],
  modes: Readonly<Record<string, readonly string[]>>,
): Schedule {
  const random = randomness(seed);
  const caller = deck(random, callers);
  const attacks = callers.length === 0 ? [] : range(ms, ATTACK_EVERY_MS).map((atMs) => attack(atMs, caller(), random));
  return { attacks, faults: Object.entries(modes).flatMap(([target, own]) => faultsOf(target, own, ms, random)) };
}

/** An attack lasts so long; its last answers may take longer. */
export const ATTACK_MS = 5000;

/** What went on at some time between two, milliseconds since the storm began. */
export const happening = ({ attacks, faults }: Schedule, fromMs: number, untilMs: number): string[] => [
  ...attacks.filter(({ atMs }) => atMs <= untilMs && atMs + ATTACK_MS >= fromMs).map(({ caller }) => caller),
  ...faults
    .filter((fault) => fault.fromMs <= untilMs && fault.untilMs >= fromMs)
    .map(({ target, mode }) => `${target} (${mode})`),
];

const attack = (atMs: number, caller: string, random: Random): Attack => ({
  atMs,
  caller,
  seed: random.below(2 ** 31),
});

function faultsOf(target: string, modes: readonly string[], ms: number, random: Random): Fault[] {
  const mode = deck(random, modes);
  const faults: Fault[] = [];
  for (let fromMs = random.between(...FAULT_MS); ; ) {
    const untilMs = fromMs + random.between(...FAULT_MS);
    if (untilMs > ms) return faults;
    faults.push({ fromMs, untilMs, target, mode: mode() });
    fromMs = untilMs + random.between(...FAULT_MS);
  }
}

/** @returns deals the items in random order, and then again in another */
function deck<T>(random: Random, items: readonly T[]): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = random.shuffled(items);
    return left.pop() as T;
  };
}

const range = (end: number, step: number) => Array.from({ length: Math.ceil(end / step) }, (_, i) => i * step);
