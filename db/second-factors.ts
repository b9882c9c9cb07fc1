/** TOTP seeds, recovery codes and passkeys of people. */
import { sql } from 'kysely';
import type { SessionId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { OperatorHandle } from './database.ts';

export interface SecondFactors {
  totpSince: Instant | null;
  recoveryCodesLeft: number;
  passkeys: Passkey[];
}

export interface Passkey {
  id: string;
  userId: UserId;
  credentialId: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  name: string;
  isBackedUp: boolean;
  createdAt: Instant;
  usedAt: Instant | null;
}

/** What a person can show beside the password. */
export async function findSecondFactors(o: OperatorHandle, userId: UserId): Promise<SecondFactors> {
  const totp = await o.query
    .selectFrom('platform.totp_seeds')
    .select('confirmed_at as since')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  const codes = await o.query
    .selectFrom('platform.recovery_codes')
    .select(sql<number>`count(*)`.as('count'))
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return {
    totpSince: totp?.since ?? null,
    recoveryCodesLeft: codes.count,
    passkeys: await selectPasskeys(o).where('user_id', '=', userId).orderBy('created_at').execute(),
  };
}

/** Whether signing in takes a second step. */
export function hasSecondFactor(factors: SecondFactors): boolean {
  return factors.totpSince !== null || factors.passkeys.length > 0;
}

/** Keeps a seed that still has to be confirmed; one that is confirmed is not replaced. */
export async function proposeTotpSeed(
  o: OperatorHandle,
  userId: UserId,
  seedSealed: string,
): Promise<boolean> {
  const done = await sql`
    insert into platform.totp_seeds as s (user_id, seed_sealed) values (${userId}, ${seedSealed})
    on conflict (user_id) do update set seed_sealed = excluded.seed_sealed, created_at = now(),
      last_step = 0
    where s.confirmed_at is null`.execute(o.query);
  return done.numAffectedRows === 1n;
}

export interface TotpSeed {
  seedSealed: string;
  isConfirmed: boolean;
}

export async function findTotpSeed(
  o: OperatorHandle,
  userId: UserId,
): Promise<TotpSeed | undefined> {
  const row = await o.query
    .selectFrom('platform.totp_seeds')
    .select(['seed_sealed', 'confirmed_at'])
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row && { seedSealed: row.seed_sealed, isConfirmed: row.confirmed_at !== null };
}

/** Accepts a step once; false when it, or a later one, was accepted before. */
export async function acceptTotpStep(
  o: OperatorHandle,
  accepted: { userId: UserId; step: number; isFirst?: boolean },
): Promise<boolean> {
  const confirm = accepted.isFirst === true;
  const done = await sql`
    update platform.totp_seeds set last_step = ${accepted.step},
      confirmed_at = coalesce(confirmed_at, ${confirm ? sql`now()` : null})
    where user_id = ${accepted.userId} and last_step < ${accepted.step}
      and (confirmed_at is null) = ${confirm}`.execute(o.query);
  return done.numAffectedRows === 1n;
}

export async function removeTotp(o: OperatorHandle, userId: UserId): Promise<boolean> {
  const done = await sql`delete from platform.totp_seeds where user_id = ${userId}`.execute(
    o.query,
  );
  return done.numAffectedRows === 1n;
}

/** Replaces all recovery codes of a person by these. */
export async function replaceRecoveryCodes(
  o: OperatorHandle,
  userId: UserId,
  hashes: readonly Buffer[],
): Promise<void> {
  await o.query.deleteFrom('platform.recovery_codes').where('user_id', '=', userId).execute();
  if (hashes.length === 0) return;
  await o.query
    .insertInto('platform.recovery_codes')
    .values(hashes.map((hash) => ({ user_id: userId, code_hash: hash })))
    .execute();
}

/** Uses a recovery code up; false when it is unknown or was used. */
export async function useRecoveryCode(
  o: OperatorHandle,
  userId: UserId,
  hash: Buffer,
): Promise<boolean> {
  const done = await sql`
    update platform.recovery_codes set used_at = now()
    where user_id = ${userId} and code_hash = ${hash} and used_at is null`.execute(o.query);
  return done.numAffectedRows === 1n;
}

/** Notes that a session just showed a second factor. */
export async function noteSecondFactor(
  o: OperatorHandle,
  sessionId: SessionId,
  method: string,
): Promise<void> {
  await sql`
    update platform.sessions set second_factor_at = now(),
      methods = case when ${method} = any(methods) then methods else methods || ${method}::text end
    where id = ${sessionId} and ended_at is null`.execute(o.query);
}

export async function insertPasskey(
  o: OperatorHandle,
  passkey: Omit<Passkey, 'createdAt' | 'usedAt'>,
): Promise<boolean> {
  const done = await sql`
    insert into platform.passkeys (id, user_id, credential_id, public_key, counter, transports,
      name, is_backed_up)
    values (${passkey.id}, ${passkey.userId}, ${passkey.credentialId}, ${passkey.publicKey},
      ${passkey.counter}, ${passkey.transports}::text[], ${passkey.name}, ${passkey.isBackedUp})
    on conflict (credential_id) do nothing`.execute(o.query);
  return done.numAffectedRows === 1n;
}

export async function findPasskey(
  o: OperatorHandle,
  credentialId: string,
): Promise<Passkey | undefined> {
  return selectPasskeys(o).where('credential_id', '=', credentialId).executeTakeFirst();
}

/** Keeps the new counter; false when an authenticator counted backwards meanwhile. */
export async function notePasskeyUse(
  o: OperatorHandle,
  used: { id: string; counter: number; previous: number },
): Promise<boolean> {
  const done = await sql`
    update platform.passkeys set counter = ${used.counter}, used_at = now()
    where id = ${used.id} and counter = ${used.previous}`.execute(o.query);
  return done.numAffectedRows === 1n;
}

export async function removePasskey(
  o: OperatorHandle,
  passkey: { id: string; userId: UserId },
): Promise<boolean> {
  const done = await sql`
    delete from platform.passkeys where id = ${passkey.id} and user_id = ${passkey.userId}`.execute(
    o.query,
  );
  return done.numAffectedRows === 1n;
}

function selectPasskeys(o: OperatorHandle) {
  return o.query
    .selectFrom('platform.passkeys')
    .select(['id', 'user_id as userId', 'credential_id as credentialId', 'counter', 'name'])
    .select(['public_key as publicKey', 'transports', 'is_backed_up as isBackedUp'])
    .select(['created_at as createdAt', 'used_at as usedAt']);
}
