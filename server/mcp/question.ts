/** What a tool asks the user, as the params of `elicitation/create`; and the user's answer, checked by its schema. */
import type { ElicitRequestFormParams } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { Question } from "../contracts/tool.ts";
import { InvalidArgument } from "../pipeline/errors.ts";

type AskedFields = Pick<ElicitRequestFormParams, "message" | "requestedSchema">;

export interface ElicitedAnswer {
  readonly action: string;
  readonly content?: unknown;
}

/** A question whose JSON schema is made once. */
export interface PreparedQuestion {
  ask(args: Readonly<Record<string, unknown>>): AskedFields;
  /** @returns undefined when the user declined @throws {InvalidArgument} when the answer does not fit its schema */
  read(answer: ElicitedAnswer): Record<string, unknown> | undefined;
}

export function prepareQuestion({ message, answer }: Question): PreparedQuestion {
  const schema = z.object(answer);
  const { properties = {}, required } = z.toJSONSchema(schema, { io: "input" });
  const requestedSchema = {
    type: "object",
    properties,
    ...(required && { required }),
  } as AskedFields["requestedSchema"];
  return {
    ask: (args) => ({ message: message(args as never), requestedSchema }),
    read({ action, content }) {
      if (action !== "accept") return undefined;
      const { success, data } = schema.safeParse(content);
      if (!success) throw new InvalidArgument("the answer to the tool's question does not fit its schema");
      return data;
    },
  };
}
