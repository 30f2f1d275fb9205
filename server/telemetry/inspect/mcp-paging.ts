/** Pages of what was recorded until the first page was asked for: what is recorded meanwhile does not move them. */
const PAGE_LENGTH = 20;

export interface Cursor {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly offset: number;
}

/** @param text `<until>-<offset>`; undefined is the first page */
export function readCursor(text: string | undefined): Cursor {
  const [until = Date.now(), offset = 0] = text?.split("-").map(Number) ?? [];
  return { until, offset };
}

/** @returns the items of the page as `name`, how many there are in all, and the cursor of the next page, if there is one */
export function page(name: string, items: readonly object[], { until, offset }: Cursor) {
  const end = offset + PAGE_LENGTH;
  return {
    [name]: items.slice(offset, end),
    total: items.length,
    ...(end < items.length && { next_cursor: `${until}-${end}` }),
  };
}
