/**
 * Sessions and their refresh tokens. A session is one family of tokens: each token is used once and
 * followed by one successor; one that is used again later ends the whole family.
 */
import { sql } from 'kysely';
import type { SessionId, TenantId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { OperatorHandle, PlatformHandle } from './database.ts';
import type { MemberRole } from './event-tables.ts';
import type { RevocationKind, SessionEnd } from './identity-tables.ts';
import type { TenantTier } from './platform-tables.ts';

export interface NewSession {
  id: SessionId;
  userId: UserId;
  tenantId: TenantId;
  /** SHA-256 of the first refresh token. */
  tokenHash: Buffer;
  lifetimeSeconds: number;
  methods: readonly string[];
  hasSecondFactor: boolean;
  device: string;
  /** SHA-256 of what the browser is known again by. */
  deviceMark: Buffer;
  addressSealed: string;
}

export interface Session {
  id: SessionId;
  userId: UserId;
  tenantId: TenantId;
  createdAt: Instant;
  usedAt: Instant;
  expiresAt: Instant;
  methods: string[];
  secondFactorAt: Instant | null;
  device: string;
  addressSealed: string;
}

export type RefreshOutcome =
  | { kind: 'rotated'; session: Session }
  /** Nobody has this token, or its session is over. */
  | { kind: 'refused' }
  /** A token was used a second time: its session has been ended now. */
  | { kind: 'reused'; session: Session };

/** The immediate predecessor stays good this long, for answers that got lost and parallel tabs. */
const graceSeconds = 10;
export const idleSecondsMax = 12 * 60 * 60;

/** Stores a session with its first refresh token. */
export async function createSession(o: OperatorHandle, session: NewSession): Promise<void> {
  await sql`
    insert into platform.sessions (id, user_id, tenant_id, expires_at, methods, second_factor_at,
      device, device_mark, address_sealed)
    values (${session.id}, ${session.userId}, ${session.tenantId},
      now() + make_interval(secs => ${session.lifetimeSeconds}), ${[...session.methods]}::text[],
      ${session.hasSecondFactor ? sql`now()` : null}, ${session.device}, ${session.deviceMark},
      ${session.addressSealed})
  `.execute(o.query);
  await o.query
    .insertInto('platform.refresh_tokens')
    .values({ token_hash: session.tokenHash, session_id: session.id })
    .execute();
}

/** Whose session on which device, before it is stored. */
export interface DeviceOfSession {
  userId: UserId;
  device: string;
  mark: Buffer;
}

export interface EarlierSessions {
  /** One of them was in a browser with this mark. */
  isMarked: boolean;
  /** There is none, and the account was opened within a day. */
  isFirstOfAccount: boolean;
  /** Where the last ones on a device of this name came from. */
  addressesSealed: string[];
}

const addressesMax = 20;

/** What is known of a person's earlier sessions, as far back as they are kept. */
export async function findEarlierSessions(
  o: OperatorHandle,
  { userId, device, mark }: DeviceOfSession,
): Promise<EarlierSessions> {
  const found = await sql<EarlierSessions>`
    select exists (select from platform.sessions where user_id = u.id and device_mark = ${mark})
        as "isMarked",
      u.created_at > now() - interval '1 day'
        and not exists (select from platform.sessions where user_id = u.id) as "isFirstOfAccount",
      coalesce((select array_agg(s.address_sealed) from (
        select address_sealed from platform.sessions
        where user_id = u.id and device = ${device} order by created_at desc limit ${addressesMax}
      ) s), '{}') as "addressesSealed"
    from platform.users u where u.id = ${userId}`.execute(o.query);
  const [row] = found.rows;
  if (row === undefined) throw new Error('whoever signs in is a person');
  return row;
}

interface TokenRow {
  sessionId: SessionId;
  isUsed: boolean;
  isInGrace: boolean;
  isAlive: boolean;
}

/**
 * Exchanges a refresh token for its successor, whose hash the caller derives from the token itself.
 * Requests in parallel wait for each other and get the same successor.
 */
export async function rotateRefreshToken(
  o: OperatorHandle,
  token: { hash: Buffer; successorHash: Buffer },
): Promise<RefreshOutcome> {
  // A statement of its own: whoever waited for the lock must see what the holder before wrote.
  await sql`
    select from platform.sessions where id =
      (select session_id from platform.refresh_tokens where token_hash = ${token.hash})
    for update`.execute(o.query);
  const found = await sql<TokenRow>`
    select r.session_id as "sessionId", r.used_at is not null as "isUsed",
      coalesce(r.used_at > now() - make_interval(secs => ${graceSeconds})
        and exists (select from platform.refresh_tokens n
          where n.token_hash = r.successor_hash and n.used_at is null), false) as "isInGrace",
      s.ended_at is null and s.expires_at > now()
        and s.used_at > now() - make_interval(secs => ${idleSecondsMax}) as "isAlive"
    from platform.refresh_tokens r join platform.sessions s on s.id = r.session_id
    where r.token_hash = ${token.hash}`.execute(o.query);
  const row = found.rows[0];
  if (row === undefined || !row.isAlive) return { kind: 'refused' };
  const session = await findSession(o, row.sessionId);
  if (session === undefined) return { kind: 'refused' };
  if (row.isUsed && !row.isInGrace) {
    await endSessions(o, { sessionId: row.sessionId }, 'reuse');
    return { kind: 'reused', session };
  }
  if (!row.isUsed) await useToken(o, row.sessionId, token);
  return { kind: 'rotated', session };
}

async function useToken(
  o: OperatorHandle,
  sessionId: SessionId,
  token: { hash: Buffer; successorHash: Buffer },
): Promise<void> {
  await sql`
    update platform.refresh_tokens set used_at = now(), successor_hash = ${token.successorHash}
    where token_hash = ${token.hash}`.execute(o.query);
  await o.query
    .insertInto('platform.refresh_tokens')
    .values({ token_hash: token.successorHash, session_id: sessionId })
    .execute();
  await sql`update platform.sessions set used_at = now() where id = ${sessionId}`.execute(o.query);
}

/** Which sessions a sentence is about: one, all of a person, or all but one. */
export type SessionFilter =
  { sessionId: SessionId; userId?: UserId } | { userId: UserId; exceptId?: SessionId };

/** Ends sessions that still run; returns their ids. */
export async function endSessions(
  o: OperatorHandle,
  filter: SessionFilter,
  why: SessionEnd,
): Promise<SessionId[]> {
  let update = o.query
    .updateTable('platform.sessions')
    .set({ ended_at: sql<Instant>`now()`, ended_why: why })
    .where('ended_at', 'is', null);
  if (filter.userId !== undefined) update = update.where('user_id', '=', filter.userId);
  if ('sessionId' in filter) update = update.where('id', '=', filter.sessionId);
  else if (filter.exceptId !== undefined) update = update.where('id', '<>', filter.exceptId);
  const ended = await update.returning('id').execute();
  return ended.map(({ id }) => id);
}

/** The session a refresh token belongs to, running or not. */
export async function findSessionByToken(
  o: OperatorHandle,
  tokenHash: Buffer,
): Promise<Session | undefined> {
  const row = await o.query
    .selectFrom('platform.refresh_tokens')
    .select('session_id')
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  return row === undefined ? undefined : findSession(o, row.session_id);
}

async function findSession(o: OperatorHandle, id: SessionId): Promise<Session | undefined> {
  return selectSessions(o).where('id', '=', id).executeTakeFirst();
}

/** The running sessions of a person, the one used last first. */
export async function listSessions(o: OperatorHandle, userId: UserId): Promise<Session[]> {
  return selectSessions(o)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where(sql<boolean>`expires_at > now()`)
    .where(sql<boolean>`used_at > now() - make_interval(secs => ${idleSecondsMax})`)
    .orderBy('used_at', 'desc')
    .limit(100)
    .execute();
}

function selectSessions(o: OperatorHandle) {
  return o.query
    .selectFrom('platform.sessions')
    .select(['id', 'user_id as userId', 'tenant_id as tenantId', 'created_at as createdAt'])
    .select(['used_at as usedAt', 'expires_at as expiresAt', 'methods', 'device'])
    .select(['second_factor_at as secondFactorAt', 'address_sealed as addressSealed']);
}

/** What a token of this session may do now in a business. */
export interface Standing {
  role: MemberRole;
  isPlatformAdmin: boolean;
  /** The business may read only. */
  isSuspended: boolean;
  secondFactorAt: Instant | null;
  /** The plan of the business, which its quota follows from. */
  tier: TenantTier;
}

/**
 * Undefined when session, person, membership or business do not stand any more. Asked of the
 * database all tenants share, wherever the tables of the business are.
 */
export async function findStanding(
  p: PlatformHandle,
  who: { tenantId: TenantId; sessionId: SessionId; userId: UserId },
): Promise<Standing | undefined> {
  await sql`select set_config('app.tenant_id', ${who.tenantId}, true)`.execute(p.query);
  return p.query
    .selectFrom('platform.memberships as m')
    .innerJoin('platform.users as u', 'u.id', 'm.user_id')
    .innerJoin('platform.tenants as n', 'n.id', 'm.tenant_id')
    .innerJoin('platform.sessions as s', 's.user_id', 'u.id')
    .select(['m.role', 'u.is_platform_admin as isPlatformAdmin'])
    .select(['s.second_factor_at as secondFactorAt', 'n.tier'])
    .select(sql<boolean>`n.status = 'suspended'`.as('isSuspended'))
    .where('m.user_id', '=', who.userId)
    .where('s.id', '=', who.sessionId)
    .where('s.ended_at', 'is', null)
    .where(sql<boolean>`s.expires_at > now()`)
    .where('u.status', '=', 'active')
    .where('n.status', '<>', 'closed')
    .executeTakeFirst();
}

export interface Revocation {
  seq: number;
  kind: RevocationKind;
  tenantId: TenantId | null;
  subjectId: string;
}

/** What was taken away in the last seconds, oldest first. */
export async function recentRevocations(
  p: PlatformHandle,
  withinSeconds: number,
): Promise<Revocation[]> {
  return p.query
    .selectFrom('platform.revocations')
    .select(['seq', 'kind', 'tenant_id as tenantId', 'subject_id as subjectId'])
    .where(sql<boolean>`at > now() - make_interval(secs => ${withinSeconds})`)
    .orderBy('seq')
    .execute();
}

/** Forgets sessions after 90 days and revocations after one; returns how many sessions. */
export async function sweepSessions(o: OperatorHandle): Promise<number> {
  await sql`delete from platform.revocations where at < now() - interval '1 day'`.execute(o.query);
  await sql`
    delete from platform.refresh_tokens where used_at < now() - interval '20 days'`.execute(
    o.query,
  );
  const done = await sql`
    delete from platform.sessions where created_at < now() - interval '90 days'`.execute(o.query);
  return Number(done.numAffectedRows ?? 0);
}
