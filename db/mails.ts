/**
 * Mails wait in the database, written in the transaction of what they tell about, until the mail
 * server has taken them. Recipient and contents are sealed and erased once the mail is out.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, OperatorHandle, PlatformHandle } from './database.ts';
import type { Sealer } from './seal.ts';

export interface NewMail {
  /** Follows from what the mail tells, where that must be told once; drawn when left out. */
  id?: string;
  template: string;
  locale: string;
  to: string;
  /** What the template fills in: names, links, times. */
  values: Readonly<Record<string, string>>;
}

export interface Mail extends NewMail {
  id: string;
  attempts: number;
}

const mailContext = 'mail';

/** Puts a mail into the queue; works in a tenant's transaction as well as in an operator's. */
export async function queueMail(
  handle: Pick<PlatformHandle, 'query'>,
  seal: Sealer,
  mail: NewMail,
): Promise<void> {
  const { id = randomUUID(), template, locale, to, values } = mail;
  await handle.query
    .insertInto('platform.mails')
    .values({
      ...{ id, template, locale },
      sealed: seal.sealText(JSON.stringify({ to, values }), mailContext),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Leases the oldest waiting mails to one sender. */
export async function claimMails(
  o: OperatorHandle,
  db: Pick<Database, 'platformSeal'>,
  claim: { limit: number; leaseSeconds: number },
): Promise<Mail[]> {
  const found = await sql<Omit<Mail, 'to' | 'values'> & { sealed: string }>`
    with due as (
      select id from platform.mails
      where sent_at is null and given_up_at is null and available_at <= now()
        and (claimed_until is null or claimed_until < now())
      order by available_at limit ${claim.limit} for update skip locked
    )
    update platform.mails m
    set claimed_until = now() + make_interval(secs => ${claim.leaseSeconds}),
      attempts = attempts + 1
    from due where m.id = due.id
    returning m.id, m.template, m.locale, m.attempts, m.sealed`.execute(o.query);
  return found.rows.map(({ sealed, ...mail }) => ({
    ...mail,
    ...openMail(db.platformSeal, sealed),
  }));
}

function openMail(seal: Sealer, sealed: string): Pick<Mail, 'to' | 'values'> {
  return JSON.parse(seal.openText(sealed, mailContext));
}

/** Notes that the mail server took it. */
export async function markSent(o: OperatorHandle, id: string): Promise<void> {
  await sql`
    update platform.mails set sent_at = now(), sealed = null, claimed_until = null
    where id = ${id}`.execute(o.query);
}

/** Notes that it did not go out; without a time to try again it is given up. */
export async function markUnsent(
  o: OperatorHandle,
  mail: { id: string; error: string; againInSeconds: number | undefined },
): Promise<void> {
  const { id, error, againInSeconds } = mail;
  await sql`
    update platform.mails set claimed_until = null, last_error = ${error.slice(0, 500)},
      available_at = now() + make_interval(secs => ${againInSeconds ?? 0}),
      given_up_at = ${againInSeconds === undefined ? sql`now()` : null},
      sealed = ${againInSeconds === undefined ? null : sql`sealed`}
    where id = ${id}`.execute(o.query);
}

/** How many wait and how long the oldest has. */
export async function mailBacklog(
  o: OperatorHandle,
): Promise<{ count: number; ageSeconds: number }> {
  const found = await sql<{ count: number; ageSeconds: number }>`
    select count(*) as count,
      coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "ageSeconds"
    from platform.mails where sent_at is null and given_up_at is null`.execute(o.query);
  return found.rows[0] ?? { count: 0, ageSeconds: 0 };
}
