/** Links that were sent by e-mail: a secret of 256 bits, good once and for a short time. */
import { sql } from 'kysely';
import type { UserId } from '../domain/ids.ts';
import type { OperatorHandle } from './database.ts';

export interface NewEmailLink {
  tokenHash: Buffer;
  kind: 'registration' | 'reset';
  userId?: UserId;
  detailsSealed?: string;
  lifetimeSeconds: number;
}

export interface EmailLink {
  kind: 'registration' | 'reset';
  userId: UserId | null;
  detailsSealed: string | null;
}

/** Stores a link; an earlier one for the same purpose and person is void from now on. */
export async function createEmailLink(o: OperatorHandle, link: NewEmailLink): Promise<void> {
  const { tokenHash, kind, userId = null, detailsSealed = null, lifetimeSeconds } = link;
  if (userId !== null) await voidEmailLinks(o, userId);
  await sql`
    insert into platform.email_links (token_hash, kind, user_id, details_sealed, expires_at)
    values (${tokenHash}, ${kind}, ${userId}, ${detailsSealed},
      now() + make_interval(secs => ${lifetimeSeconds}))`.execute(o.query);
}

/** The link behind a token while it is good; the row stays locked for this transaction. */
export async function findEmailLink(
  o: OperatorHandle,
  token: { hash: Buffer; kind: EmailLink['kind'] },
): Promise<EmailLink | undefined> {
  return o.query
    .selectFrom('platform.email_links')
    .select(['kind', 'user_id as userId', 'details_sealed as detailsSealed'])
    .where('token_hash', '=', token.hash)
    .where('kind', '=', token.kind)
    .where('used_at', 'is', null)
    .where(sql<boolean>`expires_at > now()`)
    .forUpdate()
    .executeTakeFirst();
}

/** Uses a link up; false when somebody was faster. */
export async function useEmailLink(o: OperatorHandle, tokenHash: Buffer): Promise<boolean> {
  const done = await sql`
    update platform.email_links set used_at = now(), details_sealed = null
    where token_hash = ${tokenHash} and used_at is null and expires_at > now()`.execute(o.query);
  return done.numAffectedRows === 1n;
}

/** Makes every open link of a person void. */
export async function voidEmailLinks(o: OperatorHandle, userId: UserId): Promise<void> {
  await sql`
    update platform.email_links set used_at = now()
    where user_id = ${userId} and used_at is null`.execute(o.query);
}

/** Forgets links a week after they were made. */
export async function sweepEmailLinks(o: OperatorHandle): Promise<number> {
  const done = await sql`
    delete from platform.email_links where created_at < now() - interval '7 days'`.execute(o.query);
  return Number(done.numAffectedRows ?? 0);
}
