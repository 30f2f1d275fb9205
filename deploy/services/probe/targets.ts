/** Reads and validates the targets file. It reports all errors at once. */
import { accessSync, constants, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PROBE_STEPS, type ProbeStep } from "mcp-telemetry/conventions";
import { ConfigError } from "mcp-telemetry/environment";
import { parse } from "yaml";
import { z } from "zod";
import type { Expectation } from "./expectation.ts";

export interface Canary {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
}

export interface Target {
  readonly name: string;
  readonly url: URL;
  readonly intervalMs: number;
  /** Deadline of each step, in milliseconds. */
  readonly deadlines: Readonly<Record<ProbeStep, number>>;
  readonly tokenFile: string | undefined;
  readonly canary: Canary | undefined;
}

const MIN_INTERVAL_MS = 100;
const MAX_INTERVAL_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

const duration = z
  .string("expected a duration such as 500ms, 15s or 1m")
  .regex(/^[1-9]\d*(ms|s|m)$/, "expected a duration such as 500ms, 15s or 1m")
  .transform((text) => Number.parseInt(text, 10) * (UNITS[text.replace(/\d+/, "")] ?? Number.NaN));

const url = z
  .string("expected a URL")
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "expected an http or https URL")
  .refine(
    (text) => !URL.canParse(text) || new URL(text).username === "",
    "contains credentials: use token_file instead",
  )
  .transform((text) => (URL.canParse(text) ? new URL(text) : z.NEVER));

const readable = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};

const expectation = z
  .strictObject({ structured: z.record(z.string(), z.unknown()).optional(), text: z.string().min(1).optional() })
  .refine(
    ({ structured, text }) => structured !== undefined || text !== undefined,
    "expected structured, text or both",
  );

/** Makes Zod run a refinement even if another part is already invalid, so that all errors are reported at once. */
const always = (message: string) => ({
  message,
  when: ({ value }: { value: unknown }) => typeof value === "object" && value !== null,
});

const target = z
  .strictObject({
    name: z.string().regex(/^[\w.-]{1,64}$/, "expected 1 to 64 letters, digits, dots, dashes or underscores"),
    url,
    interval: duration.refine(
      (ms) => ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS,
      `expected ${MIN_INTERVAL_MS}ms to ${MAX_INTERVAL_MS / 1000}s`,
    ),
    timeout: duration,
    timeouts: z.partialRecord(z.enum(PROBE_STEPS), duration).default({}),
    token_file: z.string().refine(readable, "the file cannot be read").optional(),
    canary: z
      .strictObject({
        tool: z.string().min(1),
        arguments: z.record(z.string(), z.unknown()).default({}),
        expect: expectation,
      })
      .optional(),
  })
  .refine(
    ({ interval, timeout, timeouts }) =>
      !(PROBE_STEPS.reduce((sum, step) => sum + (timeouts?.[step] ?? timeout), 0) > interval),
    always("the deadlines of the five steps add up to more than the interval"),
  )
  .transform(
    ({ name, url, interval, timeout, timeouts, token_file, canary }): Target => ({
      name,
      url,
      intervalMs: interval,
      deadlines: {
        tcp: timeouts.tcp ?? timeout,
        http: timeouts.http ?? timeout,
        initialize: timeouts.initialize ?? timeout,
        tools_list: timeouts.tools_list ?? timeout,
        tool_call: timeouts.tool_call ?? timeout,
      },
      tokenFile: token_file,
      canary,
    }),
  );

const file = z.strictObject({
  targets: z
    .array(target, "expected a list")
    .min(1, "expected at least one target")
    .refine((targets) => !hasDuplicateNames(targets), always("two targets have the same name")),
});

/** @param targets not validated yet: may be no array, or contain null */
function hasDuplicateNames(targets: readonly (Target | null)[]): boolean {
  if (!Array.isArray(targets)) return false;
  const names = targets.flatMap((target) => target?.name ?? []);
  return new Set(names).size < names.length;
}

export const targetsFile = (): string =>
  process.env.PROBE_TARGETS_FILE || fileURLToPath(new URL("targets.yml", import.meta.url));

/** @throws {ConfigError} with every error of the file */
export function readTargets(path: string): readonly Target[] {
  const parsed = file.safeParse(contentOf(path));
  if (parsed.success) return parsed.data.targets;
  throw new ConfigError(
    parsed.error.issues.map((issue) => [path, issue.path.join("."), issue.message].filter(Boolean).join(": ")),
  );
}

function contentOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new ConfigError([`PROBE_TARGETS_FILE: cannot read ${path}`]);
  }
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
