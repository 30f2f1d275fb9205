/** How the client gets a token: its user agrees to everything at once. */
import { auth, extractWWWAuthenticateParams, type OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";

const REDIRECT = "http://localhost:3000/callback";
const METADATA = "https://conformance-test.local/client-metadata.json";

/** What a scenario tells the client. */
export interface Context {
  readonly client_id?: string;
  readonly client_secret?: string;
}

/** @returns a `fetch` that authorizes itself: as the client that the context names, else as one that registers itself */
export function authorizedFetch({ client_id: id, client_secret: secret = "" }: Context, server: URL): FetchLike {
  const known = id === undefined ? undefined : { client_id: id, client_secret: secret };
  return withToken(new AgreeingUser(known === undefined ? METADATA : undefined, known), server);
}

/** Follows the redirect of the authorization server at once, where a user would be asked. */
class AgreeingUser implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT;
  readonly clientMetadata = { client_name: "conformance-client", redirect_uris: [REDIRECT] };
  readonly clientMetadataUrl?: string;
  code = "";
  #client: OAuthClientInformationMixed | undefined;
  #tokens: OAuthTokens | undefined;
  #verifier = "";

  constructor(metadataUrl: string | undefined, client: OAuthClientInformationMixed | undefined) {
    if (metadataUrl !== undefined) this.clientMetadataUrl = metadataUrl;
    this.#client = client;
  }

  clientInformation = () => this.#client;
  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.#client = client;
  }
  tokens = () => this.#tokens;
  saveTokens(tokens: OAuthTokens): void {
    this.#tokens = tokens;
  }
  codeVerifier = () => this.#verifier;
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  async redirectToAuthorization(url: URL): Promise<void> {
    const { headers } = await fetch(url, { redirect: "manual" });
    this.code = new URL(headers.get("location") ?? "").searchParams.get("code") ?? "";
  }
}

/** Authorizes once when a request is refused, and sends it again. */
const withToken =
  (user: AgreeingUser, serverUrl: URL): FetchLike =>
  async (input, init) => {
    const send = () => {
      const headers = new Headers(init?.headers);
      const token = user.tokens()?.access_token;
      if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
      return fetch(input, { ...init, headers });
    };
    const first = await send();
    if (first.status !== 401 && first.status !== 403) return first;
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(first);
    const options = {
      serverUrl,
      ...(resourceMetadataUrl && { resourceMetadataUrl }),
      ...(scope !== undefined && { scope }),
    };
    if ((await auth(user, options)) === "REDIRECT") await auth(user, { ...options, authorizationCode: user.code });
    return send();
  };
