/**
 * What really happens at an imagined provider, and what it says about it. The truth is fixed when an
 * operation begins; words about it are lost, late, doubled, shuffled or forged.
 */
import type { Witness } from '../../domain/collections/terms.ts';
import type { Evidence, ProviderStatus } from '../../domain/disbursements/decide.ts';
import { cents, type Cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import type { Random } from '../statements/random.ts';

/** A word about an operation: when it arrives, and what it says. */
export interface Word<Said> {
  atMs: number;
  said: Said;
}

export interface PushTruth {
  isPaid: boolean;
  receipt: string;
  amountCents: Cents;
  words: Word<Witness>[];
}

const minute = 60_000;
const failureCodes = ['1', '1032', '1037', '1019', '2001'] as const;

/** A push: whether the customer pays, and every word that ever arrives about it. */
export function drawPush(random: Random, nowMs: number, serial: number): PushTruth {
  const isPaid = random.chance(0.7);
  const amountCents = cents(random.int(1, 5_000) * 100);
  const receipt = `UKR${String(serial).padStart(7, '0')}`;
  const endedMs = nowMs + random.int(1_000, 2 * minute);
  const at = (ms: number) => instantFromEpochMs(ms);
  const paidBy = (kind: Witness['kind'], atMs: number): Word<Witness> => ({
    atMs,
    said: { kind, outcome: 'paid', code: '0', receipt, amountCents, observedAt: at(atMs) },
  });
  const failedBy = (kind: Witness['kind'], atMs: number, code: string): Word<Witness> => ({
    atMs,
    said: {
      ...{ kind, outcome: 'failed', code, receipt: null, amountCents: null },
      observedAt: at(atMs),
    },
  });
  const words: Word<Witness>[] = [];
  const late = () =>
    endedMs + (random.chance(0.2) ? random.int(0, 90 * minute) : random.int(0, 5_000));
  const code = random.pick(failureCodes);
  if (!random.chance(0.15)) {
    words.push(isPaid ? paidBy('callback', late()) : failedBy('callback', late(), code));
  }
  // A handset that seemed dead and then paid: the failure comes first and is wrong.
  if (isPaid && random.chance(0.1)) words.push(failedBy('callback', endedMs - 500, '1037'));
  if (random.chance(0.4)) {
    const askedMs = endedMs + random.int(0, 10 * minute);
    const said = isPaid ? paidBy('query', askedMs) : failedBy('query', askedMs, code);
    words.push({ ...said, said: { ...said.said, receipt: null, amountCents: null } });
  }
  if (isPaid && random.chance(0.3)) words.push(paidBy('c2b', late()));
  if (isPaid && random.chance(0.2)) words.push(paidBy('pull', late() + 10 * minute));
  for (const word of [...words])
    if (random.chance(0.15)) words.push({ ...word, atMs: word.atMs + random.int(0, minute) });
  // In the end the statement of the shortcode tells, whatever was lost before.
  if (isPaid) words.push(paidBy('statement', nowMs + 24 * 60 * minute));
  return { isPaid, receipt, amountCents, words };
}

export interface PayoutTruth {
  /** What happens to the one request that is sent. */
  isPaid: boolean;
  receipt: string;
  amountCents: Cents;
  words: Word<Evidence>[];
}

/** A payout: whether the provider carries it out, and every word that ever arrives about it. */
export function drawPayout(random: Random, nowMs: number, serial: number): PayoutTruth {
  const isPaid = random.chance(0.75);
  const amountCents = cents(random.int(10, 3_000) * 100);
  const receipt = `UKP${String(serial).padStart(7, '0')}`;
  const hears = !random.chance(0.2);
  const words: Word<Evidence>[] = [];
  const say = (atMs: number, said: Evidence) => words.push({ atMs, said });
  say(nowMs + 200, { source: 'answer', answer: hears ? 'accepted' : 'unknown' });
  const resultMs =
    nowMs + random.int(500, 30_000) + (random.chance(0.15) ? random.int(0, 120 * minute) : 0);
  const failed: Evidence = { source: 'result', code: '1', isDefinite: true, receipt: 'UKR0000000' };
  const result: Evidence = isPaid
    ? { source: 'result', code: '0', isDefinite: true, receipt }
    : failed;
  const arrives = hears || isPaid;
  if (arrives && !random.chance(0.15)) say(resultMs, result);
  if (random.chance(0.15)) say(resultMs, result);
  if (random.chance(0.1)) say(nowMs + random.int(1_000, minute), { source: 'timeout' });
  const status = (value: ProviderStatus, isSettled: boolean): Evidence => ({
    ...{ source: 'status', status: value, isSettled },
    receipt: value === 'completed' ? receipt : null,
  });
  // A request that never arrived is never seen under way.
  if (arrives && random.chance(0.3)) say(nowMs + 2 * minute, status('pending', false));
  const last: ProviderStatus = isPaid ? 'completed' : arrives ? 'declined' : 'not-found';
  // The questions after the waits: the provider tells the truth once it has settled.
  for (const hoursLater of [1, 2, 3]) say(nowMs + hoursLater * 60 * minute, status(last, true));
  return { isPaid, receipt, amountCents, words };
}
