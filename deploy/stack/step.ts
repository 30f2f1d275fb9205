/** The progress of a command: each of its steps, with its seconds. */

/** Does one step. Its name is printed before it begins, its seconds when it ends. */
export async function step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const since = performance.now();
  process.stdout.write(`${name} … `);
  try {
    return await work();
  } finally {
    process.stdout.write(`${secondsSince(since)}\n`);
  }
}

/** @param since a time of `performance.now()` */
export const secondsSince = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
