/** Sends the user's token, if there is one. */
import type { AgreeingUser } from "./user.ts";

export function fetchAs(user: AgreeingUser, input: string | URL, init: RequestInit | undefined): Promise<Response> {
  const headers = new Headers(init?.headers);
  const token = user.tokens()?.access_token;
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  return fetch(input, { ...init, headers });
}

/** Whether the answer asks for a token, or for one with a larger scope. */
export const asksForToken = ({ status }: Response): boolean => status === 401 || status === 403;
