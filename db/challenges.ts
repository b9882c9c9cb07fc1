/** Challenges: a secret for one purpose, one person and one use, good for a few minutes. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { SessionId, UserId } from '../domain/ids.ts';
import type { OperatorHandle } from './database.ts';
import type { Sealer } from './seal.ts';
import type { ChallengeKind } from './second-factor-tables.ts';

export interface NewChallenge {
  kind: ChallengeKind;
  userId?: UserId;
  sessionId?: SessionId;
  secret: string;
  lifetimeSeconds: number;
}

const context = 'challenge';

/** Stores a challenge and answers its id. */
export async function createChallenge(
  o: OperatorHandle,
  seal: Sealer,
  challenge: NewChallenge,
): Promise<string> {
  const { kind, userId = null, sessionId = null, secret, lifetimeSeconds } = challenge;
  const id = randomUUID();
  await sql`
    insert into platform.challenges (id, kind, user_id, session_id, secret_sealed, expires_at)
    values (${id}, ${kind}, ${userId}, ${sessionId}, ${seal.sealText(secret, context)},
      now() + make_interval(secs => ${lifetimeSeconds}))`.execute(o.query);
  return id;
}

/**
 * Uses a challenge up and answers its secret; undefined when it is unknown, old, used or made for
 * somebody or something else. A challenge without a person fits whoever answers it.
 */
export async function takeChallenge(
  o: OperatorHandle,
  seal: Sealer,
  asked: { id: string; kind: ChallengeKind; userId?: UserId; sessionId?: SessionId },
): Promise<string | undefined> {
  const found = await sql<{ sealed: string }>`
    update platform.challenges set used_at = now()
    where id = ${asked.id} and kind = ${asked.kind} and used_at is null and expires_at > now()
      and user_id is not distinct from ${asked.userId ?? null}
      and session_id is not distinct from ${asked.sessionId ?? null}
    returning secret_sealed as sealed`.execute(o.query);
  const sealed = found.rows[0]?.sealed;
  return sealed === undefined ? undefined : seal.openText(sealed, context);
}

/** Forgets challenges a day after they were made. */
export async function sweepChallenges(o: OperatorHandle): Promise<number> {
  const done = await sql`
    delete from platform.challenges where created_at < now() - interval '1 day'`.execute(o.query);
  return Number(done.numAffectedRows ?? 0);
}
