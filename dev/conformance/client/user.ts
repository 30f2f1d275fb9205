/** The user of the client, who agrees to everything at once. */
import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";

const REDIRECT = "http://localhost:3000/callback";
const METADATA = "https://conformance-test.local/client-metadata.json";

/** What a scenario tells the client. */
export interface Context {
  readonly client_id?: string;
  readonly client_secret?: string;
}

/** The client that the context names, else one that registers itself. */
export function userOf({ client_id: id, client_secret: secret = "" }: Context): AgreeingUser {
  const known = id === undefined ? undefined : { client_id: id, client_secret: secret };
  return new AgreeingUser(known === undefined ? METADATA : undefined, known);
}

/** Follows the redirect of the authorization server at once, where a user would be asked. */
export class AgreeingUser implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT;
  readonly clientMetadata = { client_name: "conformance-client", redirect_uris: [REDIRECT] };
  readonly clientMetadataUrl?: string;
  code = "";
  /** Who issued the code, where the authorization server says so. */
  issuer: string | undefined;
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
    const { searchParams } = new URL(headers.get("location") ?? "");
    this.code = searchParams.get("code") ?? "";
    this.issuer = searchParams.get("iss") ?? undefined;
  }
}
