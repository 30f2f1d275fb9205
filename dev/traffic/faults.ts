/** Faults that the demo's tools cause: by themselves, or because the catalog that one of them asks fails. */
import { stackVariables } from "../../deploy/stack/settings/environment.ts";
import { callEvery } from "../lib/call-every.ts";

interface Fault {
  /** The tool that is called, and fails. */
  readonly tool: string;
  readonly args: Record<string, unknown>;
  /** What the catalog does meanwhile, one of its modes. */
  readonly catalog?: string;
}

const misbehaving = (args: Fault["args"]): Fault => ({ tool: "misbehave", args });
const failingCatalog = (mode: string): Fault => ({ tool: "lookup_item", args: { sku: "A-1" }, catalog: mode });

/** What `FAULT` may be. */
export const FAULTS = {
  errors: misbehaving({ mode: "error" }),
  slow: misbehaving({ mode: "slow", ms: 3000 }),
  hang: misbehaving({ mode: "hang" }),
  malformed: misbehaving({ mode: "malformed" }),
  oversized: misbehaving({ mode: "oversized", bytes: 1_000_000 }),
  rate_limit: misbehaving({ mode: "rate_limit" }),
  catalog_fail: failingCatalog("fail"),
  catalog_slow: failingCatalog("slow"),
  catalog_rate_limit: failingCatalog("rate_limit"),
  catalog_garbage: failingCatalog("garbage"),
} satisfies Readonly<Record<string, Fault>>;
export type FaultName = keyof typeof FAULTS;

/** Causes a fault until the signal fires. @throws when the server or the catalog does not answer */
export async function causeFault(url: URL, name: FaultName, everyMs: number, signal: AbortSignal): Promise<void> {
  const fault: Fault = FAULTS[name];
  const control = new URL(`http://127.0.0.1:${stackVariables().CATALOG_PORT}/fault`);
  if (fault.catalog !== undefined) {
    await fetch(new URL(`?mode=${fault.catalog}&seconds=3600`, control), { method: "PUT" });
  }
  await callEvery(everyMs, url, fault.tool, fault.args, signal);
  if (fault.catalog !== undefined) await fetch(control, { method: "DELETE" });
}

/** Causes every fault for `ms` milliseconds: one after the other, because the catalog has one mode at a time. */
export async function causeEveryFault(url: URL, ms: number): Promise<void> {
  for (const name of Object.keys(FAULTS) as FaultName[]) await causeFault(url, name, 250, AbortSignal.timeout(ms));
}
