/** The list of prompts. Add yours here. */
import type { Prompt } from "../contracts/prompt.ts";
import { explainAddition } from "./explain-addition.ts";

export const prompts: readonly Prompt[] = [explainAddition];
