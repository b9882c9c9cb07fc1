/** Which events people are told about, and which of what they were told is thereby over. */
import { parsePublicId } from '../ids.ts';
import { businessDateOf, type Instant } from '../time.ts';
import type { NoticeFigures, NoticeKind } from './terms.ts';

/** An event as the outbox tells it; what its data holds depends on the type. */
export interface ToldEvent {
  type: string;
  occurredAt: Instant;
  data: Readonly<Record<string, unknown>>;
}

/** Tells something; of notices with one key there is one, which counts how often it was told. */
export interface Telling {
  tells: NoticeKind;
  key: string;
  /** UUID of what it is about; null when it is about several things. */
  subjectId: string | null;
  figures: NoticeFigures;
  /** Added up over all that share the key. */
  amountCents: number | null;
}

/** What waited no longer waits. */
export interface Settling {
  settles: readonly string[];
}

export type Meaning = (Telling | Settling)[];

type Read = (event: ToldEvent) => Meaning;

const readers: Readonly<Record<string, Read>> = {
  'statement.posted': (event) => [
    telling(event, 'statement-posted', ['verdict', 'rowCount', 'newRowCount', 'rejectCount']),
    { settles: [keyOf('statement-review', subjectOf(event))] },
  ],
  'statement.needs_review': (event) => [telling(event, 'statement-review', ['rowCount'])],
  'statement.refused': (event) => [
    telling(event, 'statement-refused', ['problem']),
    { settles: [keyOf('statement-review', subjectOf(event))] },
  ],
  'statement.undone': (event) => [telling(event, 'statement-undone', ['reversedCount'])],
  'disbursement.awaiting_approval': (event) => ofOne(event, 'payout-approval'),
  'disbursement.approved': (event) => settling(event),
  'disbursement.cancelled': (event) => settling(event),
  'disbursement.paid': (event) => [...settling(event), ...ofDay(event, 'payouts-paid')],
  'disbursement.refused': (event) => [...settling(event), ...ofDay(event, 'payouts-failed')],
  'disbursement.expired': (event) => [...settling(event), ...ofDay(event, 'payouts-failed')],
  'disbursement.unknown': (event) => ofOne(event, 'payout-unknown'),
  'payout_batch.awaiting_approval': (event) => [telling(event, 'batch-approval', ['rowCount'])],
  'payout_batch.running': (event) => settling(event),
  'payout_batch.rejected': (event) => settling(event),
  'payout_batch.cancelled': (event) => settling(event),
  'payout_batch.expired': (event) => settling(event),
  'payout_batch.finished': (event) => [
    ...settling(event),
    telling(event, 'batch-finished', ['paid', 'refused', 'open', 'rowCount']),
  ],
  'payment.received': (event) => (isWaiting(event) ? [ofToday(event, 'money-waiting')] : []),
  'payment.double': (event) => [telling(event, 'payment-double', [])],
  'collection.unresolved': (event) => [telling(event, 'collection-unresolved', [])],
  'collection.paid': (event) => [{ settles: [keyOf('collection-unresolved', subjectOf(event))] }],
  'ledger.threshold-crossed': (event) => [
    telling(event, 'balance-crossed', ['direction', 'thresholdCents', 'balanceCents']),
  ],
  'shortcode.balance_low': (event) => [
    telling(event, 'balance-low', ['account', 'availableCents', 'belowCents']),
  ],
  'callback.quarantined': (event) => [telling(event, 'callback-quarantined', ['cause'])],
  'export.ready': (event) => [telling(event, 'export-ready', [])],
  'download.ready': (event) => [telling(event, 'download-ready', ['list', 'rowCount'])],
};

/** What an event means to people; empty for the many that nobody is told about. */
export function meaningOfEvent(event: ToldEvent): Meaning {
  const read = Object.hasOwn(readers, event.type) ? readers[event.type] : undefined;
  return read?.(event) ?? [];
}

const subjects = [
  ['statementId', 'statement'],
  ['disbursementId', 'disbursement'],
  ['payoutBatchId', 'payoutBatch'],
  ['collectionId', 'collection'],
  ['receivedPaymentId', 'receivedPayment'],
  ['accountId', 'ledgerAccount'],
  ['shortcodeId', 'shortcode'],
  ['callbackId', 'callback'],
  ['exportId', 'tenantExport'],
  ['downloadId', 'download'],
] as const;

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Events name what they are about by its UUID or by the id clients know; the UUID is kept. */
function subjectOf({ data }: ToldEvent): string | null {
  for (const [field, kind] of subjects) {
    const named = data[field];
    if (typeof named !== 'string') continue;
    return parsePublicId(kind, named) ?? (uuidForm.test(named) ? named : null);
  }
  return null;
}

function keyOf(kind: NoticeKind, of: string | null): string {
  return `${kind}/${of}`;
}

function telling(event: ToldEvent, tells: NoticeKind, names: readonly string[]): Telling {
  const subjectId = subjectOf(event);
  const figures = Object.fromEntries(
    names.flatMap((name) => {
      const value = event.data[name];
      return typeof value === 'number' || typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  return { tells, key: keyOf(tells, subjectId), subjectId, figures, amountCents: amountOf(event) };
}

function amountOf({ data }: ToldEvent): number | null {
  const amount = data['amountCents'] ?? data['totalCents'];
  return typeof amount === 'number' ? amount : null;
}

/** The payouts of a list are told of with their list. */
const isOfList = ({ data }: ToldEvent) => typeof data['batchId'] === 'string';

function ofOne(event: ToldEvent, kind: NoticeKind): Meaning {
  return isOfList(event) ? [] : [telling(event, kind, ['kind'])];
}

/** One notice a day, however many there were. */
function ofDay(event: ToldEvent, kind: NoticeKind): Meaning {
  return isOfList(event) ? [] : [ofToday(event, kind)];
}

function ofToday(event: ToldEvent, tells: NoticeKind): Telling {
  const day = businessDateOf(event.occurredAt);
  const amountCents = amountOf(event);
  return { tells, key: keyOf(tells, day), subjectId: null, figures: { day }, amountCents };
}

function settling(event: ToldEvent): Settling[] {
  const kinds = ['payout-approval', 'batch-approval', 'payout-unknown'] as const;
  return [{ settles: kinds.map((kind) => keyOf(kind, subjectOf(event))) }];
}

function isWaiting({ data }: ToldEvent): boolean {
  return data['state'] === 'unallocated' || data['state'] === 'part-allocated';
}
