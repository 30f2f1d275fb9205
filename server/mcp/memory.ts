/** The limits that follow from the memory which the process may use. */
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";

/** A session with its server uses 30 kB. The rest is for its streams, for garbage and for calls in progress. */
const SESSION_BYTES = 64 * 1024;
const MOST_SESSIONS = 10_000;

/** The heap of V8, or half of the memory when that is less, as in a container with a limit. In bytes. */
const heapBytes = (): number =>
  Math.min(getHeapStatistics().heap_size_limit, process.constrainedMemory() / 2, totalmem() / 2);

/** Sessions may fill half of the heap. */
export const defaultMaxSessions = (): number => Math.min(MOST_SESSIONS, Math.ceil(heapBytes() / 2 / SESSION_BYTES));

/** A body is in memory as bytes, as text and as objects. All bodies may fill about a quarter of the heap. In bytes. */
export const defaultMaxBytesInFlight = (): number => Math.ceil(heapBytes() / 16);
