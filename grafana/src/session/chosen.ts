/** The session that the board is about, as queries write it. */
export const CHOSEN = "$session";
