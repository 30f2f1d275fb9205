/** The closed sets of tool and prompt names this process knows, with each tool's budget. */
import { OTHER } from "../conventions.ts";

export class ToolCatalogue {
  readonly #budgets = new Map<string, number>();
  readonly #timeouts = new Map<string, number>();
  readonly #prompts = new Set<string>();
  readonly #defaultBudgetMs: number;
  readonly #onNew: (name: string, budgetMs: number) => void;

  /** @param onNew called once for each tool, before its first call */
  constructor(defaultBudgetMs: number, onNew: (name: string, budgetMs: number) => void) {
    this.#defaultBudgetMs = defaultBudgetMs;
    this.#onNew = onNew;
  }

  /** Makes a tool known; again for a known name does nothing. Times are in milliseconds. */
  add(name: string, budgetMs: number = this.#defaultBudgetMs, timeoutMs?: number): void {
    if (this.#budgets.has(name)) return;
    if (timeoutMs !== undefined) this.#timeouts.set(name, timeoutMs);
    this.#budgets.set(name, budgetMs);
    this.#onNew(name, budgetMs);
  }

  addPrompt(name: string): void {
    this.#prompts.add(name);
  }

  /** The name if it is known, else `_OTHER`. */
  toolName(name: unknown): string {
    return typeof name === "string" && this.#budgets.has(name) ? name : OTHER;
  }

  promptName(name: unknown): string {
    return typeof name === "string" && this.#prompts.has(name) ? name : OTHER;
  }

  /** Undefined: nothing limits the tool. */
  timeoutMs(name: string): number | undefined {
    return this.#timeouts.get(name);
  }

  budgetMs(name: string): number {
    return this.#budgets.get(name) ?? this.#defaultBudgetMs;
  }
}
