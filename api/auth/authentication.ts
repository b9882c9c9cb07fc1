/** Finds out who is asking: header, token, then how the session stands now. */
import type { Request } from 'express';
import type { Standing } from '../../db/sessions.ts';
import type { SessionId, TenantId, UserId } from '../../domain/ids.ts';
import { problem, type Problem } from '../problems.ts';
import type { ApiKeyCheck } from './api-keys.ts';
import type { Principal } from './principal.ts';
import type { Revocations } from './revocations.ts';
import { rememberedAnswers, type RememberedAnswers } from './remembered-answers.ts';
import { settledPrincipals } from './settled-principals.ts';
import { tokenVerifier, type TokenAuthority } from './tokens.ts';
import { verifiedTokens } from './verified-tokens.ts';

interface Who {
  tenantId: TenantId;
  userId: UserId;
  sessionId: SessionId;
}

/** How a session stands in a business now; undefined when it is over. */
export type FindStanding = (who: Who) => Promise<Standing | undefined>;

type Standings = RememberedAnswers<Who, Standing | undefined>;

export interface Authentication {
  /**
   * The principal of a request, or 400 or 401; at once when it was settled in the last seconds.
   * Throws when the database cannot be reached.
   */
  authenticate(request: Request): Principal | Problem | Promise<Principal | Problem>;
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
  const { apiKeys } = options;
  const sessions = sessionsByToken(options);
  const forget = () => {
    sessions.forget();
    apiKeys.forget();
  };
  options.revocations.listen(forget);
  const lookUp = async (header: string, address: string | undefined) => {
    const token = tokenOf(header);
    const isKey = token?.startsWith('dft_') === true;
    const principal =
      token === undefined
        ? undefined
        : await (isKey ? apiKeys.principalOf(token, address) : sessions.principalOf(token, header));
    return principal ?? problem('unauthenticated', { headers: challenge });
  };
  return {
    authenticate: (request) => {
      if (repeatsHeader(request, 'authorization')) return problem('malformed-request');
      const header = request.headers.authorization ?? '';
      return sessions.settled(header) ?? lookUp(header, request.ip);
    },
    watch: (principal, end) =>
      options.revocations.listen(() => {
        const { standsStill } = principal.key === undefined ? sessions : apiKeys;
        standsStill(principal).then(
          (isStanding) => !isStanding && end(),
          () => {},
        );
      }),
    revokeAll: () => {
      sessions.revokeAll();
      forget();
    },
  };
}

function tokenOf(header: string): string | undefined {
  return /^Bearer +([^\s]+)$/i.exec(header)?.[1];
}

/** People with an access token: whose it is, then how their session stands now. */
function sessionsByToken(options: {
  authority: TokenAuthority;
  findStanding: FindStanding;
  now: () => number;
}) {
  const { now } = options;
  const verify = tokenVerifier(options.authority);
  const known = verifiedTokens(countMax);
  const standings: Standings = rememberedAnswers({
    ...{ ask: options.findStanding, now },
    keyOf: ({ tenantId, sessionId, userId }) => `${tenantId} ${sessionId} ${userId}`,
  });
  const renew = (header: string) => {
    // Whatever goes wrong here is met again, and told, by the request that comes after the end.
    principalOf(tokenOf(header) ?? '', header, (who) => standings.renew(who)).then(
      (principal) => principal === undefined && settled.forget(),
      () => {},
    );
  };
  const settled = settledPrincipals(countMax, now, renew);
  const ownerOf = async (token: string) => {
    const remembered = known.find(token, now());
    if (remembered !== undefined) return remembered;
    const epoch = known.epoch();
    const principal = await verify(token, now());
    if (principal !== undefined) known.remember(token, principal, epoch);
    return principal;
  };
  const principalOf = async (token: string, header: string, look: Standings['find']) => {
    const keep = settled.willKeep(header);
    const principal = await ownerOf(token);
    if (principal === undefined) return undefined;
    const { answer, untilMs } = look(principal);
    const found = await answer;
    return found === undefined ? undefined : keep(withStanding(principal, found), untilMs);
  };
  return {
    settled: (header: string) => settled.find(header),
    principalOf: (token: string, header: string) =>
      principalOf(token, header, (who) => standings.find(who)),
    standsStill: async (principal: Principal) =>
      (await standings.find(principal).answer) !== undefined,
    revokeAll: () => known.revokeAll(),
    forget: () => {
      settled.forget();
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
  const { role, isPlatformAdmin, isSuspended, secondFactorAt, tier } = standing;
  const shown =
    secondFactorAt === null ? {} : { secondFactorAt: Date.parse(secondFactorAt) / 1000 };
  return { ...principal, role, isPlatformAdmin, isSuspended, tier, ...shown };
}
