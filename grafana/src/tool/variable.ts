/** The tool that the board is about, as queries write it. */
export const TOOL_VARIABLE = "$tool";
export const ofTool = { tool_name: TOOL_VARIABLE } as const;
