/** What a target tells a model about itself: its tools, with every member of their definitions, and its instructions. */

export interface ListedTool {
  readonly name: string;
  readonly [member: string]: unknown;
}

export interface Listing {
  readonly instructions?: string | undefined;
  readonly tools: readonly ListedTool[];
}

/** How a client learns what a target lists: by revisions with sessions, and without. An SDK may list other schemas in each. */
export const METHODS = ["server/discover", "initialize"] as const;
export type Method = (typeof METHODS)[number];

/** What one target lists, by the method by which it was asked. */
export type Listings = Readonly<Partial<Record<Method, Listing>>>;

/** JSON with sorted keys, by which two values can be compared; undefined becomes null. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

/** The tools by name. A target may list several of one name. */
export const byName = ({ tools }: Listing): ReadonlyMap<string, readonly ListedTool[]> =>
  Map.groupBy(tools, ({ name }) => name);
