/** A prompt whose argument the server completes while the user types. */
import { z } from "zod";
import { definePrompt } from "../contracts/prompt.ts";

const LANGUAGES = ["Arabic", "Chinese", "English", "French", "German", "Hindi", "Portuguese", "Spanish"];

export const explainAddition = definePrompt({
  name: "explain_addition",
  title: "Explain addition",
  description: "Asks for an explanation of how two numbers are added.",
  input: { language: z.string().max(40) },
  complete: {
    language: (start) => LANGUAGES.filter((language) => language.toLowerCase().startsWith(start.toLowerCase())),
  },
  run: ({ language }) => `Explain in ${language} how two numbers are added. Call the tool add for an example.`,
});
