/**
 * What somebody holds between password and second factor: a token of its own kind for its own
 * audience, good for five minutes and one success. No other verifier takes it for an access token.
 */
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { parsePublicId, toPublicId, type TenantId, type UserId } from '../../domain/ids.ts';
import { keyIdOf } from './token-shape.ts';
import type { TokenAuthority } from './tokens.ts';

export const pendingSeconds = 5 * 60;
const audience = 'daftari-second-factor';
const type = 'mfa+jwt';

export interface Pending {
  userId: UserId;
  tenantId: TenantId;
  /** The challenge that a success uses up. */
  challengeId: string;
}

export function issuePending(
  { keys, issuer }: TokenAuthority,
  pending: Pending,
  nowMs: number,
): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = {
    iss: issuer,
    aud: audience,
    sub: toPublicId('user', pending.userId),
    tid: toPublicId('tenant', pending.tenantId),
    jti: pending.challengeId,
    iat: issuedAt,
    exp: issuedAt + pendingSeconds,
  };
  const { kid, privateKey } = keys.active;
  const header = { alg: 'RS256', typ: type, kid };
  return jwt.sign(claims, privateKey, { algorithm: 'RS256', header });
}

const schema = z.object({
  aud: z.literal(audience),
  sub: z.string(),
  tid: z.string(),
  jti: z.uuid(),
  iat: z.int(),
  exp: z.int(),
});

/** Who is half signed in; undefined for anything but a good token of this kind. */
export function verifyPending(
  { keys, issuer }: TokenAuthority,
  token: string,
  nowMs: number,
): Pending | undefined {
  const key = keys.find(keyIdOf(token, type) ?? '');
  if (key === undefined) return undefined;
  const parsed = schema.safeParse(claimsOf(token, key, { issuer, nowMs }));
  if (!parsed.success || parsed.data.exp - parsed.data.iat > pendingSeconds) return undefined;
  const userId = parsePublicId('user', parsed.data.sub);
  const tenantId = parsePublicId('tenant', parsed.data.tid);
  if (userId === undefined || tenantId === undefined) return undefined;
  return { userId, tenantId, challengeId: parsed.data.jti };
}

function claimsOf(
  token: string,
  key: Parameters<typeof jwt.verify>[1],
  { issuer, nowMs }: { issuer: string; nowMs: number },
): unknown {
  try {
    const clockTimestamp = Math.floor(nowMs / 1000);
    return jwt.verify(token, key, { algorithms: ['RS256'], issuer, audience, clockTimestamp });
  } catch {
    return undefined;
  }
}
