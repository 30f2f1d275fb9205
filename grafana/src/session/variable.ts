/** The variable of the selected session, as queries use it. */
export const SESSION_VARIABLE = "$session";
