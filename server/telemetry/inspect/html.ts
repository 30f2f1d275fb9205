/**
 * Builds HTML. Every value is escaped, in text and in quoted attributes, except the results of `html` itself. Control and
 * format characters are shown by their code.
 */
import { visible } from "../visible.ts";

export class Markup {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

export type Html = Markup;
export type Value = Html | string | number | false | undefined | readonly Value[];

export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Markup(String.raw({ raw: parts }, ...values.map(markupOf)));

function markupOf(value: Value): string {
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map(markupOf).join("");
  return value === undefined || value === false
    ? ""
    : visible(String(value)).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
