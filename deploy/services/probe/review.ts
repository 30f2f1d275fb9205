/**
 * Reviews each list of a target: what has changed since it was approved, and what is suspicious. A target that nobody has
 * approved is compared with what it listed first since the probe started.
 */
import { type Change, changesBetween } from "./drift.ts";
import type { Listing, Listings, Method } from "./listing.ts";
import { type Suspicion, suspicionsIn, type ToolNames } from "./suspicion.ts";

export interface Reviewed {
  readonly tools: number;
  readonly approved: boolean;
  readonly changes: readonly Change[];
  readonly suspicions: readonly Suspicion[];
}

/** What the reviews of all targets share. */
export interface ReviewDependencies {
  /** @returns undefined for a target that nobody has approved */
  readonly approvedOf: (target: string) => Listings | undefined;
  readonly toolNames: ToolNames;
}

export class Review {
  readonly #target: string;
  readonly #shared: ReviewDependencies;
  readonly #first = new Map<Method, Listing>();

  constructor(target: string, shared: ReviewDependencies) {
    this.#target = target;
    this.#shared = shared;
  }

  /** @param method by which the target was asked: each has its own lists */
  of(listing: Listing, method: Method): Reviewed {
    const { approvedOf, toolNames } = this.#shared;
    const approved = approvedListing(approvedOf(this.#target), method);
    const first = this.#first.get(method) ?? listing;
    this.#first.set(method, first);
    toolNames.listed(this.#target, listing);
    return {
      tools: listing.tools.length,
      approved: approved !== undefined,
      changes: changesBetween(approved ?? first, listing),
      suspicions: suspicionsIn(listing, approved, (tool) => toolNames.elsewhere(this.#target, tool)),
    };
  }
}

/** A target that was never asked by this method has to list what it lists by the other. */
export const approvedListing = (approved: Listings | undefined, method: Method): Listing | undefined =>
  approved?.[method] ?? approved?.["server/discover"] ?? approved?.initialize;

/** Limits of a log line, because the target chooses the names. */
const MAX_ENTRIES = 50;
const MAX_LENGTH = 160;
const MAX_NAME_LENGTH = 64;

/** A change or a suspicion in words for a log line, such as `description add`. */
export function loggable(found: readonly (Change | Suspicion)[]): readonly string[] {
  return found.slice(0, MAX_ENTRIES).map((one) => {
    const name = one.tool?.replace(/[\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, "").slice(0, MAX_NAME_LENGTH);
    const words = [one.kind, name ?? [], "detail" in one ? one.detail : []].flat();
    return words.join(" ").slice(0, MAX_LENGTH);
  });
}
