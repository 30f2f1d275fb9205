/** The registered tools with their limits, the registered prompts and the registered resources. */
import { OTHER } from "../conventions.ts";

/** In milliseconds. */
interface ToolLimits {
  readonly budgetMs: number;
  /** Undefined for a tool without a timeout. */
  readonly timeoutMs: number | undefined;
}

/** The part of the SDK's `UriTemplate` that is used. */
export interface UriTemplate {
  toString(): string;
  match(uri: string): unknown;
}

/** No longer URI is matched: that takes time, and a template is at most a few dozen characters. */
const MAX_URI_LENGTH = 2048;

/** What can be added to a catalogue while calls are observed. */
export type Names = Pick<ToolCatalogue, "add" | "addPrompt" | "setReadOnly">;

/** Called once for each tool, prompt and resource, before it is first used. */
interface OnNew {
  tool(name: string, budgetMs: number): void;
  prompt(name: string): void;
  /** @param uri or the template of URIs */
  resource(uri: string): void;
}

export class ToolCatalogue {
  readonly #tools = new Map<string, ToolLimits>();
  readonly #readOnly = new Set<string>();
  readonly #prompts = new Set<string>();
  readonly #resources = new Set<string>();
  readonly #templates = new Map<string, UriTemplate>();
  readonly #defaultLimits: ToolLimits;
  readonly #onNew: OnNew;

  constructor(defaultBudgetMs: number, onNew: OnNew) {
    this.#defaultLimits = { budgetMs: defaultBudgetMs, timeoutMs: undefined };
    this.#onNew = onNew;
  }

  /** Registers a tool. Has no effect when its name is registered already. */
  add(name: string, budgetMs: number = this.#defaultLimits.budgetMs, timeoutMs?: number): void {
    if (this.#tools.has(name)) return;
    this.#tools.set(name, { budgetMs, timeoutMs });
    this.#onNew.tool(name, budgetMs);
  }

  /** @param readOnly whether the tool says that it changes nothing */
  setReadOnly(name: string, readOnly: boolean): void {
    if (readOnly) this.#readOnly.add(name);
    else this.#readOnly.delete(name);
  }

  isReadOnly(name: string): boolean {
    return this.#readOnly.has(name);
  }

  addPrompt(name: string): void {
    if (this.#prompts.has(name)) return;
    this.#prompts.add(name);
    this.#onNew.prompt(name);
  }

  /** The name if it is registered, else `_OTHER`. */
  toolName(name: unknown): string {
    return typeof name === "string" && this.#tools.has(name) ? name : OTHER;
  }

  promptName(name: unknown): string {
    return typeof name === "string" && this.#prompts.has(name) ? name : OTHER;
  }

  addResource(uri: string | UriTemplate): void {
    const text = uri.toString();
    if (this.#resources.has(text) || this.#templates.has(text)) return;
    if (typeof uri === "string") this.#resources.add(uri);
    else this.#templates.set(text, uri);
    this.#onNew.resource(text);
  }

  /**
   * The URI if it is registered, the template of the URI if that is registered, else `_OTHER`. What a caller puts into a
   * template may be confidential.
   */
  resourceUri(uri: unknown): string {
    if (typeof uri !== "string" || uri.length > MAX_URI_LENGTH) return OTHER;
    if (this.#resources.has(uri)) return uri;
    for (const [text, template] of this.#templates) if (matches(template, uri)) return text;
    return OTHER;
  }

  limitsOf(toolName: string): ToolLimits {
    return this.#tools.get(toolName) ?? this.#defaultLimits;
  }
}

function matches(template: UriTemplate, uri: string): boolean {
  try {
    return Boolean(template.match(uri));
  } catch {
    return false;
  }
}
