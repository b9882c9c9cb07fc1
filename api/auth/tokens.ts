/** Access tokens: RS256, ten minutes, for this API only. */
import jwt from 'jsonwebtoken';
import { randomUUID } from 'node:crypto';
import { Passport } from 'passport';
import { Strategy } from 'passport-jwt';
import { z } from 'zod';
import { id, parsePublicId, toPublicId, type TenantId, type UserId } from '../../domain/ids.ts';
import type { SigningKeys } from './keys.ts';
import { roles } from './permissions.ts';
import type { Principal } from './principal.ts';
import { keyIdOf } from './token-shape.ts';

export const lifetimeSeconds = 10 * 60;
const lifetimeSecondsMax = 15 * 60;
const leewaySeconds = 30;

export interface TokenAuthority {
  keys: SigningKeys;
  issuer: string;
  audience: string;
}

/** Signs a token for a person in a business; `nowMs` is milliseconds since 1970. */
export function issueToken(
  authority: TokenAuthority,
  person: Pick<Principal, 'userId' | 'tenantId' | 'role' | 'sessionId' | 'signedInAt'> & {
    /** How they proved who they are: `pwd`, `otp`, `swk`, … */
    methods?: readonly string[];
  },
  nowMs: number,
): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = {
    iss: authority.issuer,
    aud: authority.audience,
    sub: toPublicId('user', person.userId),
    tid: toPublicId('tenant', person.tenantId),
    role: person.role,
    sid: person.sessionId,
    jti: randomUUID(),
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    auth_time: person.signedInAt,
    amr: person.methods ?? ['pwd'],
  };
  const { kid, privateKey } = authority.keys.active;
  return jwt.sign(claims, privateKey, {
    algorithm: 'RS256',
    header: { alg: 'RS256', typ: 'at+jwt', kid },
  });
}

/** The library lets tokens without `exp` and with a list of audiences pass; these claims do not. */
function claimsSchema(authority: TokenAuthority) {
  const seconds = z.int().positive();
  return z.object({
    iss: z.literal(authority.issuer),
    aud: z.literal(authority.audience),
    sub: z.string(),
    tid: z.string(),
    role: z.enum(roles),
    sid: z.uuid(),
    jti: z.string().min(1).max(64),
    iat: seconds,
    exp: seconds,
    nbf: seconds.optional(),
    auth_time: seconds,
    amr: z.array(z.string()).min(1),
  });
}

export type VerifyToken = (token: string, nowMs: number) => Promise<Principal | undefined>;

/** Verifies tokens through passport-jwt; anything but a good access token gives undefined. */
export function tokenVerifier(authority: TokenAuthority): VerifyToken {
  const schema = claimsSchema(authority);
  const verifySignature = signatureVerifier(authority);
  return async (token, nowMs) => {
    const kid = keyIdOf(token);
    if (kid === undefined) return undefined;
    await authority.keys.learn(kid);
    const parsed = schema.safeParse(await verifySignature({ token, kid }));
    if (!parsed.success) return undefined;
    const { iat, exp, sub, tid, role, sid, auth_time: signedInAt } = parsed.data;
    const now = nowMs / 1000;
    const isTimely = iat <= now + leewaySeconds && exp - iat <= lifetimeSecondsMax;
    if (!isTimely || now > exp + leewaySeconds) return undefined;
    const userId: UserId | undefined = parsePublicId('user', sub);
    const tenantId: TenantId | undefined = parsePublicId('tenant', tid);
    if (userId === undefined || tenantId === undefined) return undefined;
    return {
      ...{ userId, tenantId, role, signedInAt },
      ...{ sessionId: id('session', sid), expiresAt: exp },
    };
  };
}

interface TokenCarrier {
  token: string;
  kid: string;
}

/** What the strategy hands back is the carrier it was given; its type says it is a request. */
function kidIn(carrier: unknown): string {
  const isOurs = typeof carrier === 'object' && carrier !== null && 'kid' in carrier;
  return isOurs ? String(carrier.kid) : '';
}

/** One passport of our own, so that nothing else in the process can add a strategy to it. */
function signatureVerifier(authority: TokenAuthority): (carrier: TokenCarrier) => Promise<unknown> {
  const passport = new Passport();
  passport.use(
    new Strategy(
      {
        jwtFromRequest: (carrier: Partial<TokenCarrier>) => carrier.token ?? null,
        secretOrKeyProvider: (carrier: unknown, _token, done) => {
          const key = authority.keys.find(kidIn(carrier));
          // jsonwebtoken takes KeyObjects; the types of passport-jwt know only strings and buffers.
          Reflect.apply(done, undefined, [
            key === undefined ? new Error('unknown key') : null,
            key,
          ]);
        },
        algorithms: ['RS256'],
        issuer: authority.issuer,
        audience: authority.audience,
        jsonWebTokenOptions: { clockTolerance: leewaySeconds },
      },
      (claims: unknown, done) => done(null, { claims }),
    ),
  );
  return (carrier) =>
    new Promise((resolve) => {
      const answer = (_error: unknown, found?: { claims: unknown } | false) =>
        resolve(found ? found.claims : undefined);
      passport.authenticate('jwt', { session: false }, answer)(carrier, {}, () =>
        resolve(undefined),
      );
    });
}
