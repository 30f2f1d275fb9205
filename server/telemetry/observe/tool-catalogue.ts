/** The registered tools with their limits, and the registered prompts. */
import { OTHER } from "../conventions.ts";

/** In milliseconds. */
interface ToolLimits {
  readonly budgetMs: number;
  /** Undefined for a tool without a timeout. */
  readonly timeoutMs: number | undefined;
}

export class ToolCatalogue {
  readonly #tools = new Map<string, ToolLimits>();
  readonly #prompts = new Set<string>();
  readonly #defaultLimits: ToolLimits;
  readonly #onNew: (name: string, budgetMs: number) => void;

  /** @param onNew called once for each tool, before its first call */
  constructor(defaultBudgetMs: number, onNew: (name: string, budgetMs: number) => void) {
    this.#defaultLimits = { budgetMs: defaultBudgetMs, timeoutMs: undefined };
    this.#onNew = onNew;
  }

  /** Registers a tool. Has no effect when its name is registered already. */
  add(name: string, budgetMs: number = this.#defaultLimits.budgetMs, timeoutMs?: number): void {
    if (this.#tools.has(name)) return;
    this.#tools.set(name, { budgetMs, timeoutMs });
    this.#onNew(name, budgetMs);
  }

  addPrompt(name: string): void {
    this.#prompts.add(name);
  }

  /** The name if it is registered, else `_OTHER`. */
  toolName(name: unknown): string {
    return typeof name === "string" && this.#tools.has(name) ? name : OTHER;
  }

  promptName(name: unknown): string {
    return typeof name === "string" && this.#prompts.has(name) ? name : OTHER;
  }

  limitsOf(toolName: string): ToolLimits {
    return this.#tools.get(toolName) ?? this.#defaultLimits;
  }
}
