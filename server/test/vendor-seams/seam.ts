/** A vendor seam: this project relies on what a library does but does not promise. docs/vendor-seams.md lists all. */
import assert from "node:assert/strict";
import { test } from "node:test";

/** The titles of all seams, in the order of their tests. */
export const seams: string[] = [];

interface Subject<T> {
  /** Makes what the library has now. */
  readonly real: () => T | Promise<T>;
  /** Makes what the library might have after an upgrade that breaks this seam. */
  readonly changed: () => T | Promise<T>;
  /** Fails when the subject does not behave as this project needs it to. */
  readonly check: (subject: T) => void | Promise<void>;
}

/**
 * Tests a seam twice: with the real library, which must pass, and with a changed one, which must fail readably.
 *
 * @param title what the library does, as in docs/vendor-seams.md
 */
export function seam<T>(title: string, { real, changed, check }: Subject<T>): void {
  seams.push(title);
  test(title, async () => {
    await expectSeam(title, real, check);
    await assert.rejects(expectSeam(title, changed, check), { message: failure(title) });
  });
}

const failure = (title: string) => `an upgrade broke this: "${title}". docs/vendor-seams.md says what relies on it`;

async function expectSeam<T>(title: string, make: () => T | Promise<T>, check: Subject<T>["check"]): Promise<void> {
  try {
    await check(await make());
  } catch (cause) {
    throw new Error(failure(title), { cause });
  }
}
