/**
 * The file of approved tools: by target, the tools and instructions that somebody has looked at. `make approve` writes it.
 * It is read for each probe, so that an approval counts without a restart.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConfigError } from "mcp-telemetry/environment";
import { z } from "zod";
import { type Listings, METHODS } from "./listing.ts";

export type Approved = Readonly<Record<string, Listings>>;

const listing = z.strictObject({
  instructions: z.string().optional(),
  tools: z.array(z.looseObject({ name: z.string() })),
});
const file: z.ZodType<Approved> = z.record(z.string(), z.partialRecord(z.enum(METHODS), listing));

export const approvedFile = (): string =>
  process.env.PROBE_APPROVED_FILE || fileURLToPath(new URL("approved.json", import.meta.url));

/** @throws {ConfigError} when the file cannot be read, or is not what `make approve` writes */
export function readApproved(path: string): Approved {
  try {
    return file.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new ConfigError([`PROBE_APPROVED_FILE: cannot read ${path}: write it with make approve`]);
  }
}

/**
 * @returns a function that reads what is approved of a target; while the file cannot be read, it returns what it read before
 * @throws {ConfigError} when the file cannot be read at first
 */
export function approvedReader(path: string): (target: string) => Listings | undefined {
  let approved = readApproved(path);
  return (target) => {
    try {
      approved = readApproved(path);
    } catch {
      // The file is being written: the next probe reads it.
    }
    return Object.hasOwn(approved, target) ? approved[target] : undefined;
  };
}
