/** The URIs that a server lists. A client emits no other: what it puts into a template may be confidential. */
import { OTHER } from "../conventions.ts";
import { asFields } from "../request/call.ts";

/** A server could list new ones for ever. */
const MAX_URIS = 1000;

export class ListedResources {
  readonly #uris = new Set<string>();

  /** @param result of `resources/list` */
  learn(result: unknown): void {
    const { resources } = asFields(result);
    for (const resource of Array.isArray(resources) ? resources : []) {
      const { uri } = asFields(resource);
      if (typeof uri === "string" && this.#uris.size < MAX_URIS) this.#uris.add(uri);
    }
  }

  /** @returns the URI if it was listed, else `_OTHER` */
  name(uri: unknown): string {
    return typeof uri === "string" && this.#uris.has(uri) ? uri : OTHER;
  }
}
