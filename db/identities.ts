/** Which person an account at another service belongs to. */
import { sql } from 'kysely';
import type { UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { OperatorHandle } from './database.ts';

export interface Identity {
  issuer: string;
  /** The issuer's own name for the account; never an address, which may change hands. */
  subject: string;
}

/** The person of an identity, noting that it was used; undefined when it is linked to nobody. */
export async function useIdentity(
  o: OperatorHandle,
  { issuer, subject }: Identity,
): Promise<UserId | undefined> {
  const row = await o.query
    .updateTable('platform.identities')
    .set({ used_at: sql`now()` })
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .returning('user_id')
    .executeTakeFirst();
  return row?.user_id;
}

/** Links an identity to a person; one that is linked already stays as it is. */
export async function linkIdentity(
  o: OperatorHandle,
  { issuer, subject }: Identity,
  userId: UserId,
): Promise<void> {
  await o.query
    .insertInto('platform.identities')
    .values({ issuer, subject, user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export interface LinkedIdentity {
  issuer: string;
  createdAt: Instant;
  usedAt: Instant | null;
}

/** The accounts elsewhere by which a person signs in, the oldest first. */
export async function listIdentities(o: OperatorHandle, userId: UserId): Promise<LinkedIdentity[]> {
  return o.query
    .selectFrom('platform.identities')
    .select(['issuer', 'created_at as createdAt', 'used_at as usedAt'])
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .execute();
}

/** Unlinks every account of a person at one issuer; false when there was none. */
export async function unlinkIdentities(
  o: OperatorHandle,
  { userId, issuer }: { userId: UserId; issuer: string },
): Promise<boolean> {
  const gone = await o.query
    .deleteFrom('platform.identities')
    .where('user_id', '=', userId)
    .where('issuer', '=', issuer)
    .executeTakeFirst();
  return gone.numDeletedRows > 0n;
}
