/**
 * The names of clients as values of a label. A client chooses its name, so the set is limited: it has the first names that
 * opened a session, or sent a request without a session, since the start of the process.
 */
import { OTHER } from "../conventions.ts";

const MAX_NAMES = 20;
const MAX_LENGTH = 40;

/** @returns a function that gives the label of a client: its name without case and version, or `_OTHER` */
export function clientNames(): (name: string | undefined) => string {
  const known = new Set<string>();
  return (name = "") => {
    const label = normalised(name);
    if (label === "" || (known.size >= MAX_NAMES && !known.has(label))) return OTHER;
    known.add(label);
    return label;
  };
}

/** Versions and the numbers of instances would fill the set with one client. */
const NUMBER = /(^|[-._])v?\d+(?=[-._]|$)/g;

const normalised = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(NUMBER, "")
    .replace(/^[-._]+/, "")
    .slice(0, MAX_LENGTH)
    .replace(/[-._]+$/, "");
