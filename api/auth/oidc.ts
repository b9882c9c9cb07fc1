/**
 * Signing in at another service by OpenID Connect: authorization code with PKCE, state and nonce.
 * One way for every provider; what differs is configuration. The library checks issuer, audience,
 * times, nonce and signature of what the provider says.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  type Configuration,
} from 'openid-client';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import type { Identity } from '../../db/identities.ts';

/** What has to be remembered between sending somebody away and their return. */
export const oidcAttempt = z.strictObject({
  provider: z.string(),
  verifier: z.string(),
  nonce: z.string(),
});
export type OidcAttempt = z.infer<typeof oidcAttempt>;

/** What the provider sends back by way of the browser; anything in it may be made up. */
export interface OidcReturn {
  state: string;
  code: string;
  iss?: string | undefined;
}

export interface KnownElsewhere extends Identity {
  /** Only when the provider says that it is confirmed. */
  confirmedEmail: string | undefined;
}

export interface Oidc {
  /** What the sign-in screen may offer. */
  providers: readonly { id: string; name: string }[];
  /** A new attempt; undefined for an unknown provider. */
  begin(provider: string): Promise<OidcAttempt | undefined>;
  /** Where to send the browser. Throws when the provider cannot be reached. */
  addressOf(attempt: OidcAttempt, state: string): Promise<string>;
  /**
   * Exchanges the code and checks everything the provider says. Throws what the library throws:
   * `isOutage` tells a provider that is away from one whose word is not good.
   */
  finish(attempt: OidcAttempt, back: OidcReturn): Promise<KnownElsewhere>;
}

const timeoutSeconds = 8;
const scope = 'openid email profile';

export function openOidc(
  config: Pick<Config, 'publicUrl' | 'profile'> & Partial<Pick<Config, 'identityProviders'>>,
): Oidc {
  const known = config.identityProviders ?? [];
  const isHttpAllowed = config.profile !== 'production';
  const clientOf = rememberedClients(known, isHttpAllowed);
  const redirectUri = `${config.publicUrl.replace(/\/$/, '')}/login/callback`;
  return {
    providers: known.map(({ id, name }) => ({ id, name })),
    begin: async (provider) =>
      known.some(({ id }) => id === provider)
        ? { provider, verifier: randomPKCECodeVerifier(), nonce: randomNonce() }
        : undefined,
    addressOf: async ({ provider, verifier, nonce }, state) => {
      const client = await clientOf(provider);
      const parameters = {
        ...{ scope, state, nonce, redirect_uri: redirectUri },
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      return buildAuthorizationUrl(client, parameters).href;
    },
    finish: async ({ provider, verifier, nonce }, { state, code, iss }) => {
      const client = await clientOf(provider);
      const back = new URL(redirectUri);
      const sent = { state, code, ...(iss === undefined ? {} : { iss }) };
      for (const [name, value] of Object.entries(sent)) back.searchParams.set(name, value);
      const tokens = await authorizationCodeGrant(client, back, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new TypeError('there is no id token');
      const told =
        claims['email'] === undefined
          ? await fetchUserInfo(client, tokens.access_token, claims.sub)
          : claims;
      return {
        ...{ issuer: claims.iss, subject: claims.sub },
        confirmedEmail: confirmedEmailIn(told),
      };
    },
  };
}

/** Some providers write the truth as a text; only the boolean is it. */
function confirmedEmailIn(told: object): string | undefined {
  const said = z.object({ email: z.email(), email_verified: z.literal(true) }).safeParse(told);
  return said.success ? said.data.email : undefined;
}

/** Finds out about a provider once; a question that failed is asked again. */
function rememberedClients(
  known: NonNullable<Config['identityProviders']>,
  isHttpAllowed: boolean,
): (provider: string) => Promise<Configuration> {
  const clients = new Map<string, Promise<Configuration>>();
  const discover = async (id: string): Promise<Configuration> => {
    const provider = known.find((one) => one.id === id);
    if (provider === undefined) throw new TypeError(`there is no provider ${id}`);
    const { issuer, clientId, clientSecret } = provider;
    const checks = [
      enableNonRepudiationChecks,
      ...(isHttpAllowed && issuer.startsWith('http:') ? [allowInsecureRequests] : []),
    ];
    return discovery(new URL(issuer), clientId, clientSecret.reveal(), undefined, {
      execute: checks,
      timeout: timeoutSeconds,
    });
  };
  return (id) => {
    const remembered = clients.get(id);
    if (remembered !== undefined) return remembered;
    const asked = discover(id);
    clients.set(id, asked);
    asked.catch(() => clients.delete(id));
    return asked;
  };
}

/** Whether the provider could not be reached or is broken, as opposed to not being believed. */
export function isOutage(error: unknown): boolean {
  const { code, message } = fault.parse(error);
  return message === 'fetch failed' || outages.some((one) => one === code);
}

const outages = ['OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_TIMEOUT'];
const fault = z.object({ code: z.string().optional(), message: z.string() }).catch({ message: '' });

/** What was wrong, without what the provider wrote: that may hold addresses and codes. */
export function faultName(error: unknown): string {
  return fault.parse(error).code ?? 'unknown';
}
