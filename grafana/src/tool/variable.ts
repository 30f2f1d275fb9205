/** The variable of the selected tool, as queries use it. */
export const TOOL_VARIABLE = "$tool";
export const ofTool = { tool_name: TOOL_VARIABLE } as const;
