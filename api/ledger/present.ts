/** How the ledger shows what it stores: public ids for ours, and no text of strangers. */
import type { PostingRequest } from '../../db/posting-requests.ts';
import type { AccountBalance, TrialBalanceLine } from '../../db/ledger-balances.ts';
import type { Lineage as StoredLineage } from '../../db/ledger-lineage.ts';
import { isUuid, type TracedCallback, type TracedQuestion } from '../../db/object-traces.ts';
import type { JournalTransaction, StatementEntry } from '../../db/ledger-reading.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import type { IdKind, LedgerTransactionId } from '../../domain/ids.ts';
import { showOwner } from '../../domain/ledger/owner.ts';
import type { SourceKind } from '../../domain/ledger/terms.ts';
import { sum } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { standingOf } from '../../domain/waiting.ts';
import { isOwnRequest } from '../auth/checker.ts';
import type { Principal } from '../auth/principal.ts';

type RunUrl = (workflowId: string) => string;

export function showAccount(account: AccountBalance) {
  const { id: accountId, kind, shortcodeName, openedAt, closedAt } = account;
  const { balanceCents, reservedCents, availableCents } = account;
  return {
    id: toPublicId('ledgerAccount', accountId),
    ...{ kind, owner: showOwner(account), ownerName: shortcodeName, currency: 'KES' as const },
    ...{ balanceCents, reservedCents, availableCents, openedAt, closedAt },
  };
}

export function showTransaction(transaction: JournalTransaction, runUrl: RunUrl) {
  const { reference, kind, occurredAt, recordedAt, amountCents, receipt, reason } = transaction;
  const { source, reverses, reversedBy, entries } = transaction;
  const { workflowId, actor } = source;
  return {
    id: toPublicId('ledgerTransaction', transaction.id),
    ...{ reference, kind, occurredAt, recordedAt, amountCents, receipt, reason, actor },
    currency: 'KES' as const,
    source: {
      kind: source.kind,
      id: source.id,
      objectId: publicSource(source),
      runUrl: workflowId === null ? null : runUrl(workflowId),
    },
    reverses: publicOrNull(reverses),
    reversedBy: publicOrNull(reversedBy),
    entries: entries.map((entry) => ({
      leg: entry.leg,
      accountId: toPublicId('ledgerAccount', entry.accountId),
      kind: entry.kind,
      owner: showOwner(entry),
      ownerName: entry.ownerName,
      amountCents: entry.amountCents,
    })),
  };
}

/** What a transaction follows from, under the id that its own routes take. */
const sourceIds: Partial<Record<SourceKind, IdKind>> = {
  ...{ collection: 'collection', disbursement: 'disbursement', refund: 'disbursement' },
  ...{ c2b: 'receivedPayment', allocation: 'receivedPayment', statement: 'receivedPayment' },
  manual: 'postingRequest',
};

function publicSource(source: JournalTransaction['source']): string | null {
  const kind = sourceIds[source.kind];
  return kind === undefined || !isUuid(source.id) ? null : toPublicId(kind, id(kind, source.id));
}

function publicOrNull(transactionId: LedgerTransactionId | null): string | null {
  return transactionId === null ? null : toPublicId('ledgerTransaction', transactionId);
}

export function showStatementEntry({ transactionId, ...entry }: StatementEntry) {
  return { ...entry, transactionId: toPublicId('ledgerTransaction', transactionId) };
}

export function showTrialBalance(at: Instant, lines: readonly TrialBalanceLine[]) {
  return {
    at,
    currency: 'KES' as const,
    lines: lines.map((line) => ({
      accountId: line.accountId === null ? null : toPublicId('ledgerAccount', line.accountId),
      ...{ kind: line.kind, owner: showOwner(line), ownerName: line.shortcodeName },
      accountCount: line.accountCount,
      ...{ debitCents: line.debitCents, creditCents: line.creditCents },
    })),
    debitCents: sum(lines.map(({ debitCents }) => debitCents)),
    creditCents: sum(lines.map(({ creditCents }) => creditCents)),
  };
}

/** A wish to post by hand, as whoever asks may see it at `now`. */
export function showRequest(
  request: PostingRequest,
  { principal, now }: { principal: Principal; now: Instant },
) {
  const { wish, requestedBy, reason, requestedAt, expiresAt, decidedBy, decidedAt } = request;
  const adjustment = wish.kind === 'adjustment' ? wish : undefined;
  const earning = wish.kind === 'earning' ? wish : undefined;
  return {
    id: toPublicId('postingRequest', request.id),
    kind: wish.kind,
    accountId: adjustment === undefined ? null : toPublicId('ledgerAccount', adjustment.accountId),
    side: adjustment?.side ?? null,
    amountCents: adjustment?.amountCents ?? earning?.amountCents ?? null,
    customerId: earning === undefined ? null : toPublicId('customer', earning.customerId),
    shortcodeId: earning === undefined ? null : toPublicId('shortcode', earning.shortcodeId),
    transactionId: publicOrNull(wish.kind === 'reversal' ? wish.transactionId : null),
    ...{ currency: 'KES' as const, reason, status: standingOf(request, now), requestedBy },
    isOwn: isOwnRequest(principal, request),
    ...{ requestedAt, expiresAt, decidedBy, decidedAt, note: request.note },
    postedId: publicOrNull(request.postedId),
  };
}

/** Everything of a page of a story but its transactions. */
export function showLineage(story: Omit<StoredLineage, 'transactions'>, runUrl: RunUrl) {
  return {
    receipts: story.receipts.map(({ receipt, leg, amountCents, transactionId, ...credit }) => ({
      ...{ receipt, leg, amountCents },
      transactionId: toPublicId('ledgerTransaction', transactionId),
      source: { kind: credit.sourceKind, id: credit.sourceId },
      at: credit.creditedAt,
    })),
    reservations: story.reservations.map((one) => ({
      id: toPublicId('reservation', one.id),
      ...{ amountCents: one.amountCents, committedCents: one.committedCents },
      ...{ status: one.status, why: one.why, createdAt: one.createdAt, closedAt: one.closedAt },
      runUrl: one.workflowId === null ? null : runUrl(one.workflowId),
    })),
    events: story.events.map(({ eventId, type, occurredAt, publishedAt }) => ({
      ...{ id: eventId, type, at: occurredAt, publishedAt },
    })),
    callbacks: story.callbacks.map(showCallback),
    questions: story.questions.map(showQuestion),
    audit: story.audit,
    runs: story.runs.map((workflowId) => ({ workflowId, url: runUrl(workflowId) })),
    ...{ isWhole: story.isWhole, cut: story.cut },
  };
}

function showCallback({ id: callbackId, receivedAt, ...said }: TracedCallback) {
  return { id: toPublicId('callback', callbackId), ...said, at: receivedAt };
}

function showQuestion({ id: queryId, kind, askedAt, answeredAt }: TracedQuestion) {
  const shownId = toPublicId('providerQuery', id('providerQuery', queryId));
  return { id: shownId, kind, at: askedAt, answeredAt };
}
