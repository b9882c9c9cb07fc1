/**
 * Allocating money by its account reference: first what is exactly meant, then what is certainly
 * meant, and everything else to the desk. One receipt is one credit in the ledger, however many
 * parts it falls into.
 */
import { divide, type AllocationPart } from '../domain/collections/allocation.ts';
import { compareReferences, certainScore } from '../domain/collections/reference.ts';
import type { AllocationReason, ReceivedState } from '../domain/collections/terms.ts';
import type { CustomerId, PaymentLinkId } from '../domain/ids.ts';
import {
  customer as customerAccount,
  outside,
  purse,
  suspense,
  type Purse,
} from '../domain/ledger/movements.ts';
import type { AccountRef, Source } from '../domain/ledger/terms.ts';
import { sum, type Cents } from '../domain/money.ts';
import { insertAllocation } from './allocations.ts';
import { creditKnown, purseOf } from './collection-ledger.ts';
import { findCustomerByReference } from './customers.ts';
import type { TenantHandle } from './database.ts';
import { newUuid } from './new-id.ts';
import { appendEvents } from './outbox.ts';
import { notePaidByLink } from './link-payments.ts';
import { findLinksByReference, openAmountOf, type PaymentLink } from './payment-links.ts';
import { patchReceived, type ReceivedPayment } from './received-payments.ts';

/** What a reference certainly names. */
export interface NamedTarget {
  kind: 'payment-link' | 'customer';
  id: string;
  customerId: CustomerId | null;
  state: 'open' | 'settled' | 'closed';
  openCents: Cents | null;
  how: 'exact' | 'forgiving';
}

/** The open link or the customer whose reference was typed; undefined when nobody is certain. */
export async function targetOf(
  t: TenantHandle,
  payment: Pick<ReceivedPayment, 'words' | 'amountCents'>,
  nowMs: number,
): Promise<NamedTarget | undefined> {
  const { reference } = payment.words;
  if (compareReferences(reference, reference).score === 0) return undefined;
  const links = await findLinksByReference(t, reference);
  const link = bestLink(links, payment.amountCents, nowMs);
  if (link !== undefined) {
    const { id, customerId } = link;
    const how = howOf(reference, link.reference);
    return { kind: 'payment-link', id, customerId, how, ...openAmountOf(link, nowMs) };
  }
  const known = await findCustomerByReference(t, reference);
  if (known === undefined) return undefined;
  return {
    ...{
      kind: 'customer',
      id: known.id,
      customerId: known.id,
      how: howOf(reference, known.reference),
    },
    ...{ state: 'open', openCents: null },
  };
}

function howOf(typed: string, known: string): 'exact' | 'forgiving' {
  const { score } = compareReferences(typed, known);
  if (score < certainScore) throw new Error('a target was found by a reference it does not have');
  return score === 1 ? 'exact' : 'forgiving';
}

/** Open before settled, the right amount before another, older before newer. */
function bestLink(
  links: readonly PaymentLink[],
  amountCents: Cents,
  nowMs: number,
): PaymentLink | undefined {
  const rank = (link: PaymentLink) => {
    const { state, openCents } = openAmountOf(link, nowMs);
    if (state !== 'open') return state === 'settled' ? 2 : 3;
    return openCents === amountCents || openCents === null ? 0 : 1;
  };
  return [...links].reverse().toSorted((a, b) => rank(a) - rank(b))[0];
}

/** Credits a locked, untouched payment to its target, or to the desk when there is none. */
export async function allocateArrival(
  t: TenantHandle,
  payment: ReceivedPayment,
  allocation: { target: NamedTarget | undefined; workflowId: string },
): Promise<'allocated' | 'desk'> {
  const { target, workflowId } = allocation;
  const { amountCents } = payment;
  const parts: AllocationPart[] =
    target === undefined
      ? [{ to: 'desk', amountCents, reason: 'no-match' }]
      : divide(amountCents, { ...target, hasCustomer: target.customerId !== null }, target.how);
  const transactionId = await creditParts(t, payment, { parts, ...allocation });
  const allocated = parts.filter(({ to }) => to !== 'desk');
  for (const part of allocated) {
    await insertAllocation(t, {
      ...{ id: newUuid(Date.now()), receivedPaymentId: payment.id },
      ...placeOf(part, target),
      ...{ amountCents: part.amountCents, reason: part.reason },
      actor: `workflow:${workflowId}`,
      ledgerTransactionId: transactionId,
    });
    if (part.to === 'target' && target?.kind === 'payment-link') {
      const linkId = target.id as PaymentLinkId;
      await notePaidByLink(t, { linkId, amountCents: part.amountCents });
    }
  }
  const allocatedCents = sum(allocated.map((part) => part.amountCents));
  const state = stateOf(amountCents, allocatedCents);
  const reason = reasonOf(parts);
  await patchReceived(t, payment.id, {
    ...{ state, reason, allocatedCents },
    ledgerTransactionId: transactionId,
  });
  await noteReceived(t, payment, { state, reason });
  return state === 'unallocated' ? 'desk' : 'allocated';
}

export function stateOf(amountCents: Cents, allocatedCents: Cents): ReceivedState {
  if (allocatedCents === 0) return 'unallocated';
  return allocatedCents === amountCents ? 'allocated' : 'part-allocated';
}

/** What is unusual about it, or else how it was recognised. */
function reasonOf(parts: readonly AllocationPart[]): AllocationReason {
  const unusual = parts.find(({ reason }) => reason !== 'exact' && reason !== 'forgiving');
  return unusual?.reason ?? parts[0]?.reason ?? 'no-match';
}

async function creditParts(
  t: TenantHandle,
  payment: ReceivedPayment,
  by: { parts: readonly AllocationPart[]; target: NamedTarget | undefined; workflowId: string },
) {
  const { shortcodeId, receipt, amountCents, occurredAt, source: heardBy } = payment;
  const into = await purseOf(t, shortcodeId);
  const postings = by.parts.map((part) => ({
    from: outside(shortcodeId),
    to: accountOf(part, { payment, target: by.target, into }),
    amountCents: part.amountCents,
  }));
  const source: Source = {
    ...{ kind: heardBy === 'statement' ? 'statement' : 'c2b', id: payment.id, receipt },
    ...{ workflowId: by.workflowId, actor: `workflow:${by.workflowId}` },
  };
  const money = { shortcodeId, receipt, amountCents, occurredAt, source, postings };
  const { transactionId } = await creditKnown(t, { ...money, kind: 'payment.received' });
  return transactionId;
}

function accountOf(
  part: AllocationPart,
  at: { payment: ReceivedPayment; target: NamedTarget | undefined; into: Purse },
): AccountRef {
  const { payment, target, into } = at;
  if (part.to === 'desk' || target === undefined) return suspense(payment.shortcodeId);
  const isCustomers = part.to === 'customer' || target.kind === 'customer';
  if (isCustomers && target.customerId !== null) return customerAccount(target.customerId);
  return purse(payment.shortcodeId, into);
}

function placeOf(part: AllocationPart, target: NamedTarget | undefined) {
  if (target === undefined) throw new Error('an allocation without a target');
  if (part.to === 'customer' && target.customerId !== null) {
    return { targetKind: 'customer', targetId: target.customerId } as const;
  }
  return { targetKind: target.kind, targetId: target.id } as const;
}

async function noteReceived(
  t: TenantHandle,
  { id, amountCents, receipt }: ReceivedPayment,
  { state, reason }: { state: ReceivedState; reason: AllocationReason },
): Promise<void> {
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${id}`,
      type: 'payment.received',
      version: 1,
      isPersonal: false,
      data: { receivedPaymentId: id, amountCents, currency: 'KES', receipt, state, reason },
    },
  ]);
}
