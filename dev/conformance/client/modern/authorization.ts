/** How the client of SDK 2 gets a token. */
import {
  auth,
  computeScopeUnion,
  extractWWWAuthenticateParams,
  type FetchLike,
  isStrictScopeSuperset,
} from "@modelcontextprotocol/client";
import { asksForToken, fetchAs } from "../bearer.ts";
import type { AgreeingUser } from "../user.ts";

/** Authorizes once when a request is refused, and sends it again. */
export const authorizedFetch =
  (user: AgreeingUser, serverUrl: URL): FetchLike =>
  async (input, init) => {
    const first = await fetchAs(user, input, init);
    if (!asksForToken(first)) return first;
    const { resourceMetadataUrl, scope: asked } = extractWWWAuthenticateParams(first);
    const granted = user.tokens()?.scope;
    // A 403 asks for more than was granted: what was granted is asked for again with it.
    const scope = first.status === 403 ? computeScopeUnion(granted, asked) : asked;
    const options = {
      serverUrl,
      forceReauthorization: isStrictScopeSuperset(scope, granted),
      ...(resourceMetadataUrl && { resourceMetadataUrl }),
      ...(scope !== undefined && { scope }),
    };
    if ((await auth(user, options)) === "REDIRECT") {
      const issued = { authorizationCode: user.code, ...(user.issuer !== undefined && { iss: user.issuer }) };
      await auth(user, { ...options, ...issued });
    }
    return fetchAs(user, input, init);
  };
