/**
 * Settling: all witnesses of a collection are weighed by the decision table, and what follows is
 * done in one transaction: status, receipt, ledger, timeline and event. It may run any number of
 * times, by any run, in any order of witnesses.
 */
import { listWitnesses } from '../db/collection-witnesses.ts';
import { noteUnpaidEnd } from '../db/collection-ends.ts';
import type { Collection } from '../db/collection-record.ts';
import { lockCollection, patchCollection } from '../db/collections.ts';
import type { TenantHandle } from '../db/database.ts';
import { decide, type Decision } from '../domain/collections/decide.ts';
import { isOpen } from '../domain/collections/terms.ts';
import { provisionalMs, scaled } from '../domain/collections/wait-ladder.ts';
import { meaningOf } from '../domain/daraja/result-codes.ts';
import type { CollectionId } from '../domain/ids.ts';
import { formatMoney } from '../domain/money.ts';
import { failureTypes } from '../temporal/policies.ts';
import { creditCollection, keepFurtherReceipts, learnReceipt } from './collection-credit.ts';
import type { Standing } from './collection-steps.ts';
import { permanentFault } from './faults.ts';

export interface Settling {
  collectionId: CollectionId;
  /** The run that settles; every posting names it. */
  workflowId: string;
  nowMs: number;
  timeScale: number;
}

/** Decides and does what follows; answers how the collection stands now. */
export async function settleCollection(t: TenantHandle, settling: Settling): Promise<Standing> {
  const { collectionId, nowMs, timeScale } = settling;
  const collection = await lockCollection(t, collectionId);
  if (collection === undefined) {
    throw permanentFault(failureTypes.collectionMissing, `no collection ${collectionId}`);
  }
  const witnesses = await listWitnesses(t, collectionId);
  const decision = decide(witnesses, {
    nowMs,
    provisionalMs: scaled(provisionalMs, timeScale),
  });
  const settled = await apply(t, { collection, decision, settling });
  return standingOf(settled);
}

interface Weighed {
  collection: Collection;
  decision: Decision;
  settling: Settling;
}

async function apply(t: TenantHandle, weighed: Weighed): Promise<Collection> {
  const { decision } = weighed;
  const collection = await noteDisagreement(t, weighed);
  if (decision.verdict === 'paid') return applyPayment(t, { ...weighed, collection });
  if (decision.verdict === 'open' || !isOpen(collection.status)) return collection;
  return applyFailure(t, { ...weighed, collection });
}

async function applyPayment(t: TenantHandle, weighed: Weighed): Promise<Collection> {
  const { settling, decision } = weighed;
  const paid =
    weighed.collection.status === 'paid'
      ? await learnReceipt(t, weighed)
      : await creditCollection(t, weighed);
  if (paid.status === 'paid')
    await keepFurtherReceipts(t, { collection: paid, decision, settling });
  return paid;
}

async function applyFailure(
  t: TenantHandle,
  { collection, decision }: Weighed,
): Promise<Collection> {
  const status = decision.verdict === 'expired' ? 'expired' : 'refused';
  const code = decision.code ?? status;
  const resultDetail = meaningOf('stk', code).wordsEn;
  const ended = await patchCollection(t, collection.id, { status, resultCode: code, resultDetail });
  if (ended === undefined) throw new Error('a locked collection vanished');
  await noteUnpaidEnd(t, ended);
  return ended;
}

async function noteDisagreement(t: TenantHandle, weighed: Weighed): Promise<Collection> {
  const { collection, decision } = weighed;
  const isKnown = decision.disagreements.every((kind) => collection.disagreements.includes(kind));
  if (isKnown) return collection;
  const disagreements = [...new Set([...collection.disagreements, ...decision.disagreements])];
  const noted = await patchCollection(t, collection.id, { disagreements: disagreements.sort() });
  return noted ?? collection;
}

/** How a collection stands, in the words of the run's page. */
export function standingOf(collection: Collection): Standing {
  const { status, resultCode } = collection;
  return { status, isOpen: isOpen(status), code: resultCode, words: wordsOf(collection) };
}

function wordsOf(collection: Collection): string {
  const { status, amountCents, paidCents, receipt, isLate, resultDetail } = collection;
  if (status === 'paid') {
    const by = receipt === null ? 'its receipt is not known yet' : `receipt ${receipt}`;
    const late = isLate ? ' It came after the collection had ended.' : '';
    return `Paid ${formatMoney(paidCents ?? amountCents)}, ${by}.${late}`;
  }
  return resultDetail ?? `The collection of ${formatMoney(amountCents)} is ${status}.`;
}
