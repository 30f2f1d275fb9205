/** The variable of the selected session, as queries use it. */
export const SESSION_VARIABLE = "$session";

/** What a panel says that finds nothing of the session. */
export const NOT_IN_TIME = "This session has no requests in the time shown: choose a longer time, or another session";
