/**
 * What callers know of their own exchanges: what the server surely took or refused, and what it may have, because the
 * caller left before the answer.
 */

export interface Tally {
  /** Requests and notifications in HTTP requests that were answered 200 or 202. */
  operations: number;
  /** HTTP requests refused, by status. */
  refusals: Record<string, number>;
  /** Sessions opened. */
  opened: number;
  /** Sessions ended by DELETE. */
  deleted: number;
  /** Exchanges that did not end while their caller waited, by caller. */
  unanswered: Record<string, number>;
  /** Calls of tools that ask the dependency. */
  lookups: number;
  readonly possible: { operations: number; refusals: number; opened: number; deleted: number };
}

/** What a caller sent in one HTTP request. */
export interface Sent {
  readonly method: string;
  /** Requests and notifications in its body. */
  readonly messages: number;
  /** Whether it is `initialize`. */
  readonly opens: boolean;
}

export const newTally = (): Tally => ({
  operations: 0,
  refusals: {},
  opened: 0,
  deleted: 0,
  unanswered: {},
  lookups: 0,
  possible: { operations: 0, refusals: 0, opened: 0, deleted: 0 },
});

export function answered(tally: Tally, sent: Sent, status: number): void {
  if (status >= 300) tally.refusals[status] = (tally.refusals[status] ?? 0) + 1;
  else if (sent.method === "POST") {
    tally.operations += sent.messages;
    if (sent.opens) tally.opened += 1;
  } else if (sent.method === "DELETE") tally.deleted += 1;
}

/** The caller left, or was left, before the answer began. */
export function cut(tally: Tally, sent: Sent): void {
  const { possible } = tally;
  possible.refusals += 1;
  if (sent.method === "POST") possible.operations += sent.messages;
  if (sent.opens) possible.opened += 1;
  if (sent.method === "DELETE") possible.deleted += 1;
}

/** How many requests and notifications a body has; 0 for what is no JSON. */
export function messagesIn(body: string): number {
  try {
    const parsed: unknown = JSON.parse(body);
    return (Array.isArray(parsed) ? parsed : [parsed]).filter(
      (message) => typeof message === "object" && message !== null && "method" in message,
    ).length;
  } catch {
    return 0;
  }
}

export function sumOfTallies(tallies: readonly Tally[]): Tally {
  const sum = newTally();
  for (const tally of tallies) {
    sum.operations += tally.operations;
    sum.opened += tally.opened;
    sum.deleted += tally.deleted;
    sum.lookups += tally.lookups;
    add(sum.refusals, tally.refusals);
    add(sum.unanswered, tally.unanswered);
    add(sum.possible, tally.possible);
  }
  return sum;
}

function add(to: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(from)) to[key] = (to[key] ?? 0) + count;
}
