/** A collection with what was said about it, as one moment has it. */
import { listCollectionEvents } from '../../db/collection-events.ts';
import type { Collection } from '../../db/collection-record.ts';
import { listWitnesses } from '../../db/collection-witnesses.ts';
import { findCollection } from '../../db/collections.ts';
import type { TenantHandle } from '../../db/database.ts';
import { twoPeopleAbove } from '../../db/limits.ts';
import { rowOfPayment } from '../../db/linked-payments.ts';
import { trailOf } from '../../db/payment-trail.ts';
import { keptOf } from '../../db/collection-ledger.ts';
import { leftToRefund } from '../../db/refunds.ts';
import { latestWord } from '../../db/words-of-two.ts';
import { isClosable } from '../../domain/collections/terms.ts';
import type { CollectionId } from '../../domain/ids.ts';
import { subtract, type Cents } from '../../domain/money.ts';
import { todayOf } from '../now.ts';
import { readOwn } from '../own-data.ts';
import { trailTag } from '../payment-trail.ts';
import { entityTag } from '../reply.ts';
import type { Call } from '../route.ts';
import { wordTag } from '../words-of-two.ts';
import { shortcodesOf, type KnownCollection } from './present.ts';

/** Enough for every wait, retry and late word of one collection. */
export const timelineMax = 500;

/** Undefined when the tenant has no such collection. */
export function readDetail(call: Call, id: CollectionId): Promise<KnownCollection | undefined> {
  const work = async (t: TenantHandle) => {
    const stored = await findCollection(t, id);
    return stored && { stored, ...(await knownOf(t, call, stored)) };
  };
  return readOwn(call, work);
}

async function knownOf(
  t: TenantHandle,
  call: Call,
  stored: Collection,
): Promise<Omit<KnownCollection, 'stored'>> {
  const { id, ledgerTransactionId, receipt, amountCents } = stored;
  const keptCents = await keptOf(t, id);
  return {
    keptCents,
    shortcodes: await shortcodesOf(t),
    witnesses: await listWitnesses(t, id),
    events: await listCollectionEvents(t, id, { afterSeq: 0, limit: timelineMax }),
    leftToRefundCents: await leftOf(t, stored, keptCents),
    trail: await trailOf(t, { objectId: id, transactionId: ledgerTransactionId }),
    transactionId: await rowOfPayment(t, { receipt, direction: 'in' }),
    closing: await latestWord(t, { kind: 'collectionClosing', aboutId: id }),
    needsTwo: isClosable(stored) && amountCents > (await twoPeopleAbove(t, todayOf(call))),
  };
}

/** What of a payment may still be given back, whatever of it was given back already. */
async function leftOf(
  t: TenantHandle,
  stored: Collection,
  keptCents: Cents,
): Promise<Cents | null> {
  const { shortcodeId, receipt: originalReceipt, paidCents } = stored;
  if (originalReceipt === null || paidCents === null) return null;
  const originalCents = subtract(paidCents, keptCents);
  return leftToRefund(t, { shortcodeId, originalReceipt, originalCents });
}

/** Changes with everything that is shown, not only with the collection itself. */
export function tagOf(known: KnownCollection, call: Call): string {
  const { stored, events, leftToRefundCents: left, transactionId: row, trail, closing } = known;
  const told = [stored.version, events.length, left ?? '', row ?? '', trailTag(trail)];
  return entityTag([...told, ...wordTag(closing, call), known.needsTwo].join('-'));
}
