/** `server/main.ts` with tools whose errors and results are hard to read. */
import { z } from "zod";
import { defineTool } from "../contracts/tool.ts";
import { serve } from "../serve.ts";
import { ODD_VALUES } from "./odd-values.ts";

const throwOdd = defineTool({
  name: "throw_odd",
  title: "Throw odd",
  description: "Throws the value that its argument names.",
  input: { which: z.string() },
  output: {},
  run({ which }) {
    throw ODD_VALUES[which];
  },
});

const returnOdd = defineTool({
  name: "return_odd",
  title: "Return odd",
  description: "Returns the value that its argument names.",
  input: { which: z.string() },
  output: {},
  run: ({ which }) => ODD_VALUES[which] as Record<string, never>,
});

await serve(() => ({ tools: [throwOdd, returnOdd] }));
