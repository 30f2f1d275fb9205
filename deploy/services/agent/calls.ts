/** Tool calls of the agent. It makes those whose tool the server lists. */
export interface AgentCall {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  /** The sub-agent that makes the call; unset: the agent itself. */
  readonly subAgent?: string;
  /** The last span that the call leads to, where that is not the server's own. */
  readonly reaches?: { readonly service: string; readonly span: string };
}

/** Calls of one stage are made side by side, stages one after the other. */
export type Stage = readonly AgentCall[];

export const SUMMARY: AgentCall = { tool: "add", args: { a: 19, b: 23 }, subAgent: "summary" };

/** Its arguments do not fit the tool's schema. No other client makes such a call, so its series are this agent's alone. */
export const REJECTED: AgentCall = { tool: "add", args: { a: "nineteen", b: 23 } };
