/** What an invoice is: lines that add up, a number, a day by which it is due, and how it stands. */
import { referenceKey } from '../collections/reference.ts';
import { amountMaxCents } from '../collections/request.ts';
import { cents, subtract, sum, zero, type Cents } from '../money.ts';
import type { BusinessDate, Instant } from '../time.ts';

/** `overdue` is an open one whose day is over; money that comes in part leaves it open. */
export const invoiceStatuses = ['open', 'overdue', 'paid', 'void'] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

export const linesMax = 100;
export const descriptionMax = 120;
export const quantityMax = 100_000;
/** One unit may cost this much, in cents; the whole invoice too: KES 100 million. */
export const totalMaxCents: Cents = cents(10_000_000_000);

export interface InvoiceLine {
  description: string;
  quantity: number;
  unitCents: Cents;
}

/** What a line costs, in cents. */
export function amountOf({
  quantity,
  unitCents,
}: Pick<InvoiceLine, 'quantity' | 'unitCents'>): Cents {
  return cents(quantity * unitCents);
}

/** What all lines cost together, in cents. */
export function totalOf(lines: readonly InvoiceLine[]): Cents {
  return sum(lines.map(amountOf));
}

/** Why lines cannot be sent as an invoice; M-PESA moves whole shillings only. */
export type TotalProblem = 'not-whole-shillings' | 'too-much';

/** Undefined when the lines can be sent. */
export function totalProblem(lines: readonly InvoiceLine[]): TotalProblem | undefined {
  const total = totalOf(lines);
  if (total > totalMaxCents) return 'too-much';
  return total % 100 === 0 ? undefined : 'not-whole-shillings';
}

/** How the number is written: what payers type as account reference, within its twelve signs. */
export function invoiceReference(number: number): string {
  return `INV-${String(number).padStart(6, '0')}`;
}

/** The number somebody means: `INV-000042`, `inv 42` and `42` are the same one. */
export function invoiceNumberIn(text: string): number | undefined {
  const digits = /^(?:1NV)?0*([1-9]\d{0,8})$/.exec(referenceKey(text))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** How an invoice stands on a day in Nairobi. */
export function invoiceStatusOf(
  invoice: {
    voidedAt: Instant | null;
    totalCents: Cents;
    paidCents: Cents;
    dueOn: BusinessDate;
  },
  today: BusinessDate,
): InvoiceStatus {
  if (invoice.voidedAt !== null) return 'void';
  if (invoice.paidCents >= invoice.totalCents) return 'paid';
  return invoice.dueOn < today ? 'overdue' : 'open';
}

/**
 * The most one prompt can ask of what is still open: whole shillings (a broken one is rounded up)
 * within M-PESA's limit for one push, in cents. Nothing once nothing is open.
 */
export function promptableCents(openCents: Cents): Cents {
  if (openCents <= 0) return zero;
  return cents(Math.min(Math.ceil(openCents / 100) * 100, amountMaxCents));
}

/** What is still to be paid on an invoice, in cents; nothing once it is void. */
export function openCentsOf(invoice: {
  voidedAt: Instant | null;
  totalCents: Cents;
  paidCents: Cents;
}): Cents {
  const { voidedAt, totalCents, paidCents } = invoice;
  return voidedAt === null ? cents(Math.max(totalCents - paidCents, 0)) : zero;
}

/** Why no prompt is sent: others ask for all of it already, or more is wished than this in cents. */
export type PartRefusal = { refusal: 'under-way' } | { refusal: 'too-much'; mostCents: Cents };

/**
 * What a further prompt asks for, in cents: what is wished, or as much as one can, of what is open
 * and on no other phone.
 */
export function partToAsk(of: {
  openCents: Cents;
  /** What prompts that are not over ask for. */
  underWayCents: Cents;
  wishedCents: Cents | undefined;
}): Cents | PartRefusal {
  const mostCents = promptableCents(subtract(of.openCents, of.underWayCents));
  if (mostCents === 0) return { refusal: 'under-way' };
  const { wishedCents = mostCents } = of;
  return wishedCents <= mostCents ? wishedCents : { refusal: 'too-much', mostCents };
}
