/** The newest items, bounded by their count and by the sum of their sizes; the oldest make room. */
export class Ring<T> {
  readonly maxCount: number;
  readonly maxBytes: number;
  /** Ever pushed. */
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

  /** @param bytes about what the item takes in memory; one of more than `maxBytes` is not kept at all */
  push(item: T, bytes: number): void {
    this.pushed += 1;
    if (bytes > this.maxBytes) return;
    while (this.count === this.maxCount || this.bytes + bytes > this.maxBytes) this.#forgetOldest();
    const slot = (this.#oldest + this.count) % this.maxCount;
    this.#items[slot] = item;
    this.#sizes[slot] = bytes;
    this.count += 1;
    this.bytes += bytes;
  }

  /** Oldest first. */
  items(): T[] {
    return Array.from({ length: this.count }, (_, i) => this.#items[(this.#oldest + i) % this.maxCount] as T);
  }

  #forgetOldest(): void {
    this.#items[this.#oldest] = undefined;
    this.bytes -= this.#sizes[this.#oldest] ?? 0;
    this.count -= 1;
    this.#oldest = (this.#oldest + 1) % this.maxCount;
  }
}
