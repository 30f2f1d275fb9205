/** A ring buffer, limited by the number of its items and by the sum of their sizes. */
export class Ring<T> {
  readonly maxCount: number;
  readonly maxBytes: number;
  /** The number of all items pushed so far. */
  pushed = 0;
  count = 0;
  bytes = 0;
  readonly #items: (T | undefined)[];
  readonly #sizes: Uint32Array;
  #oldest = 0;

  constructor(maxCount: number, maxBytes: number) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
    this.#items = new Array(maxCount);
    this.#sizes = new Uint32Array(maxCount);
  }

  /** Adds an item and removes the oldest ones as needed. @param bytes its size; one above `maxBytes` is not kept */
  push(item: T, bytes: number): void {
    this.pushed += 1;
    if (bytes > this.maxBytes) return;
    while (this.count === this.maxCount || this.bytes + bytes > this.maxBytes) this.#removeOldest();
    const slot = (this.#oldest + this.count) % this.maxCount;
    this.#items[slot] = item;
    this.#sizes[slot] = bytes;
    this.count += 1;
    this.bytes += bytes;
  }

  /** The oldest first. */
  items(): T[] {
    return Array.from({ length: this.count }, (_, i) => this.#items[(this.#oldest + i) % this.maxCount] as T);
  }

  #removeOldest(): void {
    this.#items[this.#oldest] = undefined;
    this.bytes -= this.#sizes[this.#oldest] ?? 0;
    this.count -= 1;
    this.#oldest = (this.#oldest + 1) % this.maxCount;
  }
}
