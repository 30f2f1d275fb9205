/** The tool that the board is about, as queries write it. */
export const CHOSEN = "$tool";
export const ofChosen = { tool_name: CHOSEN } as const;
