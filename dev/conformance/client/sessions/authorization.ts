/** How the client of SDK 1.x gets a token. */
import { auth, extractWWWAuthenticateParams } from "@modelcontextprotocol/sdk/client/auth.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { asksForToken, fetchAs } from "../bearer.ts";
import type { AgreeingUser } from "../user.ts";

/** Authorizes once when a request is refused, and sends it again. */
export const authorizedFetch =
  (user: AgreeingUser, serverUrl: URL): FetchLike =>
  async (input, init) => {
    const first = await fetchAs(user, input, init);
    if (!asksForToken(first)) return first;
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(first);
    const options = {
      serverUrl,
      ...(resourceMetadataUrl && { resourceMetadataUrl }),
      ...(scope !== undefined && { scope }),
    };
    if ((await auth(user, options)) === "REDIRECT") await auth(user, { ...options, authorizationCode: user.code });
    return fetchAs(user, input, init);
  };
