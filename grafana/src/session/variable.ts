/** The session that the board is about, as queries write it. */
export const SESSION_VARIABLE = "$session";
