/** The type of a prompt: a message for a language model, made from arguments. `prompts/index.ts` lists all prompts. */
import type { z } from "zod";

type Shape = Readonly<Record<string, z.ZodType<string, string>>>;

/** @param start what the user has typed @returns the values to propose, best first */
type Complete = (start: string) => readonly string[];

export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Shape;
  /** Proposes values of arguments, by their names. */
  readonly complete?: Readonly<Record<string, Complete>>;
  /** @returns the text of a message of the user */
  readonly run: (args: never) => string | Promise<string>;
}

/** Checks the types of a prompt's function and completions against its schemas. */
export const definePrompt = <I extends Shape>(
  prompt: Omit<Prompt, "input" | "complete" | "run"> & {
    readonly input: I;
    readonly complete?: { readonly [name in keyof I]?: Complete };
    readonly run: (args: z.infer<z.ZodObject<I>>) => string | Promise<string>;
  },
): Prompt => prompt as Prompt;
