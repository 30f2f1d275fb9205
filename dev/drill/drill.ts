import type { Component } from "../lib/back-ends.ts";
import type { Fault } from "./faults.ts";

export interface Drill {
  readonly alert: string;
  readonly fault: Fault;
  /** Tells the alert of this fault from others of its name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Seconds, in windows as written, until it must have fired, and until it must have resolved. */
  readonly fires: number;
  readonly ends: number;
  /** Drills of one stage run side by side: they neither inhibit nor cause each other. Stages run in this order. */
  readonly stage: number;
  /** What the rule compares the fault with, and for how many seconds it goes on. */
  readonly before?: readonly [usual: Fault, seconds: number];
  /** Goes on while the alert resolves, and helps it. */
  readonly recovery?: Fault;
  /** Where the rule is evaluated; Prometheus unless said. */
  readonly ruler?: "loki";
  /** Parts of the stack that it needs beside Prometheus and Alertmanager. */
  readonly needs?: readonly Component[];
}
