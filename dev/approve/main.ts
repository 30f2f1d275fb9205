/**
 * `make approve TARGET=…`: asks a target of the probe for its tools and instructions, prints what is new and what is
 * suspicious, and writes them to the file of approved tools. Review the difference of that file before you commit it.
 */
import { writeFileSync } from "node:fs";
import { visible } from "mcp-telemetry/visible";
import { type Approved, approvedFile, readApproved } from "../../deploy/services/probe/approved.ts";
import { changesBetween } from "../../deploy/services/probe/drift.ts";
import { type Listing, type Listings, METHODS, type Method } from "../../deploy/services/probe/listing.ts";
import { approvedListing, loggable } from "../../deploy/services/probe/review.ts";
import { Session } from "../../deploy/services/probe/session.ts";
import { suspicionsIn, ToolNames } from "../../deploy/services/probe/suspicion.ts";
import { readTargets, type Target, targetsFile } from "../../deploy/services/probe/targets.ts";
import { tokenReader } from "../../deploy/services/probe/token.ts";
import { Addresses } from "../../deploy/stack/native/addresses.ts";
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { versions } from "../../server/versions.ts";
import { approvedJson } from "./approved-json.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const NOTHING: Listing = { tools: [] };

function targetNamed(name: string): Target {
  const targets = readTargets(targetsFile());
  const names = targets.map((target) => target.name).join(", ");
  const target = targets.find((one) => one.name === name);
  if (target === undefined) throw new Error(`there is no target ${name}: ${targetsFile()} has ${names}`);
  return target;
}

/** The addresses of the stack's services are those that they have on this machine. */
async function listedBy({ url, tokenFile, deadlines }: Target, discoveryMs: number): Promise<[Method, Listing]> {
  const local = new URL(new Addresses(stackVariables()).localised(url.href));
  const session = new Session(local, tokenReader(tokenFile)(), versions().version);
  try {
    const { method } = await session.open(discoveryMs);
    return [method, await session.list()];
  } finally {
    await session.end(deadlines.http);
  }
}

/** By both methods, where the target knows both and they differ. */
async function listingsOf(target: Target): Promise<Listings> {
  const [method, listing] = await listedBy(target, target.deadlines.initialize);
  if (method === "initialize") return { [method]: listing };
  const [, other] = await listedBy(target, 0).catch(() => [method, listing] as const);
  return { [method]: listing, ...(changesBetween(listing, other).length > 0 && { initialize: other }) };
}

function print(heading: string, entries: readonly string[]): void {
  if (entries.length > 0) say(`${heading}:\n${entries.map((entry) => `  ${entry}`).join("\n")}`);
}

function printReview(target: string, listings: Listings, approved: Approved): void {
  const names = new ToolNames();
  for (const [other, known] of Object.entries(approved))
    names.listed(other, approvedListing(known, METHODS[0]) ?? NOTHING);
  for (const method of METHODS) {
    const listing = listings[method];
    if (listing === undefined) continue;
    const before = approvedListing(approved[target], method);
    print(`changes of ${target}, asked by ${method}`, loggable(changesBetween(before ?? NOTHING, listing)));
    const suspicions = suspicionsIn(listing, before, (tool) => names.elsewhere(target, tool));
    print("suspicious: look at these twice", loggable(suspicions));
  }
}

try {
  const name = process.env.TARGET ?? "";
  const listings = await listingsOf(targetNamed(name));
  const approved = readApproved(approvedFile());
  printReview(name, listings, approved);
  writeFileSync(approvedFile(), approvedJson({ ...approved, [name]: listings }));
  say(
    `wrote ${approvedFile()}: review the difference, commit it, and run make kubernetes; make up gives it to the stack`,
  );
} catch (error) {
  process.stderr.write(`${visible(error instanceof Error ? error.message : String(error))}\n`);
  process.exit(1);
}
