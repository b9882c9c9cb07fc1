import type { z } from 'zod';
import type { CollectionEvent } from '../../db/collection-events.ts';
import type { Collection } from '../../db/collection-record.ts';
import type { StoredWitness } from '../../db/collection-witnesses.ts';
import type { TenantHandle } from '../../db/database.ts';
import type { TrailEntry } from '../../db/payment-trail.ts';
import { listShortcodes, type Shortcode } from '../../db/shortcodes.ts';
import type { WordsOfTwo } from '../../db/words-of-two.ts';
import { collectionInSwahili } from '../../domain/collections/phrases.ts';
import { isClosable, isOpen } from '../../domain/collections/terms.ts';
import { promptMs, unresolvedAfterMs } from '../../domain/collections/wait-ladder.ts';
import { meaningOf, type ResultMeaning } from '../../domain/daraja/result-codes.ts';
import { toPublicId, type ShortcodeId, type TransactionId } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import { epochMsOf, instantFromEpochMs, type Instant } from '../../domain/time.ts';
import type { Call } from '../route.ts';
import { showWord } from '../words-of-two.ts';
import type { collection, collectionDetail } from './schema.ts';

export interface Showing {
  shortcodes: ReadonlyMap<ShortcodeId, Pick<Shortcode, 'id' | 'number' | 'name'>>;
  runUrl: (workflowId: string) => string;
}

/** The tenant's shortcodes by id, for the place every collection names. */
export async function shortcodesOf(t: TenantHandle): Promise<Showing['shortcodes']> {
  return new Map((await listShortcodes(t)).map((shortcode) => [shortcode.id, shortcode]));
}

/** A collection as clients see it. */
export function showCollection(stored: Collection, showing: Showing): z.input<typeof collection> {
  const { status, amountCents, accountReference, description, source, receipt } = stored;
  const { paidCents, paidAt, isLate, resultCode, sentAt, resolvesBy, version } = stored;
  const meaning = meaningFor(stored);
  return {
    ...{ status, amountCents, accountReference, description, source, receipt },
    ...{ paidCents, paidAt, isLate, resultCode, sentAt, resolvesBy, version },
    id: toPublicId('collection', stored.id),
    currency: 'KES',
    msisdn: stored.msisdnMasked,
    shortcode: showShortcode(stored.shortcodeId, showing),
    customerId: stored.customerId && toPublicId('customer', stored.customerId),
    paymentLinkId: stored.paymentLinkId && toPublicId('paymentLink', stored.paymentLinkId),
    batchId: stored.batchId && toPublicId('collectionBatch', stored.batchId),
    isReceiptUnknown: status === 'paid' && receipt === null,
    resultWords: resultWordsOf(stored),
    isRetryable: !isOpen(status) && status !== 'paid' && (meaning?.isRetryable ?? true),
    disagreements: [...stored.disagreements],
    promptEndsAt: promptEnd(sentAt, resolvesBy),
    isHandedOver: stored.handedOverAt !== null,
    canCancel: isOpen(status) && stored.handedOverAt === null,
    runUrl: showing.runUrl(stored.workflowId),
    createdAt: stored.createdAt,
    updatedAt: stored.updatedAt,
  };
}

export function showShortcode(shortcodeId: ShortcodeId, { shortcodes }: Showing) {
  const known = shortcodes.get(shortcodeId);
  const id = toPublicId('shortcode', shortcodeId);
  return { id, number: known?.number ?? '', name: known?.name ?? '' };
}

/** A push is refused by the gateway before it is sent, or ends by an STK code. */
function meaningFor({ resultCode }: Pick<Collection, 'resultCode'>): ResultMeaning | undefined {
  if (resultCode === null) return undefined;
  const byPhone = meaningOf('stk', resultCode);
  return byPhone.status === 'unknown' ? meaningOf('gateway', resultCode) : byPhone;
}

/** What the code of an end means to a person; null where nothing failed. */
export function resultWordsOf(stored: Pick<Collection, 'resultCode' | 'resultDetail' | 'status'>) {
  const meaning = meaningFor(stored);
  if (meaning === undefined || stored.status === 'paid') return null;
  const isKnown = meaning.status !== 'unknown';
  if (isKnown) return { en: meaning.wordsEn, sw: meaning.wordsSw };
  const words = stored.resultDetail ?? meaning.wordsEn;
  return { en: words, sw: collectionInSwahili(words) ?? words };
}

/** The scale of all waits is that of the deadline; the prompt lapses after a third of it. */
function promptEnd(sentAt: Instant | null, resolvesBy: Instant | null): Instant | null {
  if (sentAt === null || resolvesBy === null) return null;
  const [sentMs, endMs] = [epochMsOf(sentAt), epochMsOf(resolvesBy)];
  return instantFromEpochMs(sentMs + Math.round(((endMs - sentMs) * promptMs) / unresolvedAfterMs));
}

/** Everything that is known of a collection. */
export interface KnownCollection {
  stored: Collection;
  shortcodes: Showing['shortcodes'];
  witnesses: readonly StoredWitness[];
  events: readonly CollectionEvent[];
  /** What of it was kept for its customer. */
  keptCents: Cents;
  leftToRefundCents: Cents | null;
  /** The row of a statement that proves it. */
  transactionId: TransactionId | null;
  trail: readonly TrailEntry[];
  /** The newest wish of somebody to give it up. */
  closing: WordsOfTwo['collectionClosing'] | undefined;
  /** Giving it up takes a second person. */
  needsTwo: boolean;
}

/** The same with its witnesses and its timeline. */
export function showCollectionDetail(
  known: KnownCollection,
  call: Call,
): z.input<typeof collectionDetail> {
  const { stored, shortcodes, transactionId, leftToRefundCents, closing } = known;
  const { ledgerTransactionId } = stored;
  const { runUrl } = call.dependencies.temporal;
  return {
    ...showCollection(stored, { shortcodes, runUrl }),
    ledgerTransactionId:
      ledgerTransactionId && toPublicId('ledgerTransaction', ledgerTransactionId),
    keptCents: known.keptCents,
    leftToRefundCents,
    transactionId: transactionId && toPublicId('transaction', transactionId),
    canClose: isClosable(stored),
    closeNeedsTwo: known.needsTwo,
    closing: closing === undefined ? null : showWord<'collectionClosing'>(closing, call),
    witnesses: known.witnesses.map(({ id: _id, callbackId, ...said }) => ({
      ...said,
      callbackId: callbackId && toPublicId('callback', callbackId),
    })),
    timeline: known.events.map(showEvent),
    trail: [...known.trail],
  };
}

/** Ids inside an event are shown the way clients know them. */
export function showEvent({ seq, type, at, data }: CollectionEvent) {
  const { callbackId, ledgerTransactionId, ...facts } = data;
  return {
    ...{ seq, type, at },
    data: {
      ...facts,
      ...idField('callbackId', 'callback', callbackId),
      ...idField('ledgerTransactionId', 'ledgerTransaction', ledgerTransactionId),
    },
  };
}

function idField(name: string, kind: 'callback' | 'ledgerTransaction', value: unknown) {
  return typeof value === 'string' ? { [name]: toPublicId(kind, value as never) } : {};
}
