/** Finds out who is asking: header, token, then how the session stands now. */
import type { Request } from 'express';
import { problem, type Problem } from '../problems.ts';
import type { ApiKeyCheck } from './api-keys.ts';
import type { Principal } from './principal.ts';
import type { Revocations } from './revocations.ts';
import { rememberedStandings, type FindStanding } from './standings.ts';
import { tokenVerifier, type TokenAuthority } from './tokens.ts';
import { verifiedTokens } from './verified-tokens.ts';

export interface Authentication {
  /** The principal of a request, or 400 or 401. Throws when the database cannot be reached. */
  authenticate(request: Request): Promise<Principal | Problem>;
  /** Calls `end` once the principal has no access any more, for answers that stay open. */
  watch(principal: Principal, end: () => void): () => void;
  /** Forgets every verified token and standing at once. */
  revokeAll(): void;
}

const challenge = { 'WWW-Authenticate': 'Bearer realm="daftari"' };
const countMax = 10_000;

export function openAuthentication(options: {
  authority: TokenAuthority;
  findStanding: FindStanding;
  revocations: Pick<Revocations, 'listen'>;
  apiKeys: ApiKeyCheck;
  now: () => number;
}): Authentication {
  const { now } = options;
  const verify = tokenVerifier(options.authority);
  const known = verifiedTokens(countMax);
  const standings = rememberedStandings(options.findStanding, now);
  const { apiKeys } = options;
  options.revocations.listen(() => {
    standings.forget();
    apiKeys.forget();
  });
  const principalOf = async (token: string) => {
    const remembered = known.find(token, now());
    if (remembered !== undefined) return remembered;
    const epoch = known.epoch();
    const principal = await verify(token, now());
    if (principal !== undefined) known.remember(token, principal, epoch);
    return principal;
  };
  const asTheyStand = async (principal: Principal) => {
    // A stream of a key lasts until its token would; keys are asked for anew at every request.
    if (principal.key !== undefined) return principal;
    const standing = await standings.find(principal);
    return standing === undefined ? undefined : withStanding(principal, standing);
  };
  return {
    authenticate: async (request) => {
      if (repeatsHeader(request, 'authorization')) return problem('malformed-request');
      const token = /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
      if (token?.startsWith('dft_') === true) {
        const byKey = await apiKeys.principalOf(token, request.ip);
        return byKey ?? problem('unauthenticated', { headers: challenge });
      }
      const principal = token === undefined ? undefined : await principalOf(token);
      const standing = principal === undefined ? undefined : await asTheyStand(principal);
      return standing ?? problem('unauthenticated', { headers: challenge });
    },
    watch: (principal, end) =>
      options.revocations.listen(() => {
        asTheyStand(principal).then(
          (standing) => standing === undefined && end(),
          () => {},
        );
      }),
    revokeAll: () => {
      known.revokeAll();
      apiKeys.forget();
      standings.forget();
    },
  };
}

/** Node keeps the first of several; which one was meant is not ours to guess. */
function repeatsHeader({ rawHeaders }: Request, name: string): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const found = rawHeaders[at];
    if (found?.length === name.length && found.toLowerCase() === name) count += 1;
  }
  return count > 1;
}

function withStanding(
  principal: Principal,
  standing: NonNullable<Awaited<ReturnType<FindStanding>>>,
): Principal {
  const { role, isPlatformAdmin, secondFactorAt } = standing;
  const shown =
    secondFactorAt === null ? {} : { secondFactorAt: Date.parse(secondFactorAt) / 1000 };
  return { ...principal, role, isPlatformAdmin, ...shown };
}
