/**
 * Sends dead letters back to the topic they came from, one by one or by cause. Handlers know an
 * event by its id, so a letter that was handled after all has no second effect.
 */
import type { Database } from '../../db/database.ts';
import { findDeadLetters, markRedriven } from '../../db/dead-letters.ts';
import type { EventBus } from './event-bus.ts';

export interface RedriveChoice {
  ids?: readonly string[];
  cause?: string;
  /** At most this many letters at once. */
  limit: number;
}

/** Republishes the chosen letters, oldest first; returns the ids that were sent. */
export async function redriveDeadLetters(
  { db, bus }: { db: Database; bus: EventBus },
  choice: RedriveChoice,
): Promise<string[]> {
  const letters = await db.asOperator('read dead letters', (operator) =>
    findDeadLetters(operator, choice),
  );
  const sent: string[] = [];
  for (const letter of letters) {
    const headers = { ...letter.headers, redriven: letter.id };
    await bus.publishRaw(letter.topic, { key: letter.key, value: letter.payload, headers });
    await db.asOperator('note a redriven letter', (operator) => markRedriven(operator, letter.id));
    sent.push(letter.id);
  }
  return sent;
}
