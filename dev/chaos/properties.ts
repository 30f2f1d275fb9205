/** The properties of a run beside its accounting: life, honest callers, memory, canary, speed, recovery. */
import type { Property } from "./accounting.ts";
import type { HonestResults } from "./honest-callers.ts";

export const MEMORY_LIMIT_BYTES = 512 * 1024 ** 2;
/** Of 99 in 100 small calls, under attack. */
const ADD_BUDGET_MS = 2000;
/** The same and the tool's own timeout. */
const LOOKUP_BUDGET_MS = 5000;
/** Its deadline for open calls, and five seconds each for the last spans and the last lines. */
const END_BUDGET_MS = 20_000;
/** After the storm, as a multiple of the time before, and as much more that is no difference. */
const SLOWER = 2;
const SLOWER_BY_MS = 2;

/** Of one call, nobody else calling. */
export interface Speed {
  /** The time of processors that the server uses: unlike the time that passes, it is not that of other programs. */
  readonly cpuMs: number;
}

export interface Ran {
  /** Why the server had ended before it was told to; undefined: it had not. */
  readonly died: string | undefined;
  readonly end: { readonly code: number | null; readonly ms: number } | undefined;
  readonly honest: HonestResults;
  /** What went on while calls of honest callers took long or went wrong, with how many of these calls. */
  readonly suspects: readonly (readonly [what: string, calls: number])[];
  readonly peakBytes: number;
  /** Where the canary was seen, with what stood around it. */
  readonly canaries: readonly string[];
  readonly speed: { readonly before: Speed; readonly after: Speed | undefined };
  /** Calls after the storm, and what there is of them. */
  readonly recovery:
    | { readonly calls: number; readonly lines: number; readonly spans: number; readonly dropped: number }
    | undefined;
}

/** All properties but those of `accounting`. */
export const serverProperties = (ran: Ran): Property[] => [
  life(ran),
  ...honest(ran.honest),
  {
    name: `memory: under ${mib(MEMORY_LIMIT_BYTES)} MiB`,
    holds: ran.peakBytes <= MEMORY_LIMIT_BYTES,
    seen: `peak ${mib(ran.peakBytes)} MiB (VmHWM)`,
  },
  {
    name: "canary: in no signal",
    holds: ran.canaries.length === 0,
    seen: ran.canaries.length === 0 ? "nowhere" : ran.canaries.join("; "),
  },
  speed(ran),
  recovery(ran),
];

function life({ died, end }: Ran): Property {
  return {
    name: "life: ends when it is told to, not before",
    holds: died === undefined && end?.code === 0 && end.ms <= END_BUDGET_MS,
    seen: died ?? `exit code ${end?.code} ${seconds(end?.ms ?? 0)} after SIGTERM`,
  };
}

function honest({ addMs, lookupMs, excused, postponed, wrong }: HonestResults): Property[] {
  const faults = [...wrong].map(([text, count]) => `${count}× ${text}`);
  const addP99 = percentile(addMs, 0.99);
  const times = (ms: number[]) => `p50 ${seconds(percentile(ms, 0.5))}, worst ${seconds(percentile(ms, 1))}`;
  return [
    {
      name: "honest: every call answered rightly",
      holds: faults.length === 0 && addMs.length > 0,
      seen:
        faults.join("; ") ||
        `${addMs.length + lookupMs.length} calls, ${excused} excused by the dependency, ${postponed} sessions postponed`,
    },
    {
      name: `honest: p99 of add within ${seconds(ADD_BUDGET_MS)}`,
      holds: addP99 <= ADD_BUDGET_MS,
      seen: `p99 ${seconds(addP99)}, ${times(addMs)}, ${addMs.length} calls`,
    },
    {
      name: `honest: p99 of ask_upstream within ${seconds(LOOKUP_BUDGET_MS)}`,
      holds: percentile(lookupMs, 0.99) <= LOOKUP_BUDGET_MS,
      seen: `p99 ${seconds(percentile(lookupMs, 0.99))}, ${times(lookupMs)}, ${lookupMs.length} calls`,
    },
  ];
}

function speed({ speed: { before, after } }: Ran): Property {
  return {
    name: "speed: after the storm as before",
    holds: after !== undefined && after.cpuMs <= before.cpuMs * SLOWER + SLOWER_BY_MS,
    seen: `CPU time of add ${before.cpuMs.toFixed(1)} ms before, ${after?.cpuMs.toFixed(1) ?? "not measured"} ms after`,
  };
}

function recovery({ recovery: found }: Ran): Property {
  return {
    name: "recovery: calls after the storm have line and span",
    holds: found !== undefined && found.lines === found.calls && found.spans === found.calls && found.dropped === 0,
    seen:
      found === undefined
        ? "not measured"
        : `${found.calls} calls, ${found.lines} lines, ${found.spans} spans, ${found.dropped} dropped`,
  };
}

/** @param share 0 to 1 @returns 0 for no numbers */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const mib = (bytes: number) => Math.round(bytes / 1024 ** 2);
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
