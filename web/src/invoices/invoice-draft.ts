/** What somebody types into a new invoice, and what of it can be sent. */
import {
  quantityMax,
  totalOf,
  totalProblem,
  type InvoiceLine,
  type TotalProblem,
} from '../../../domain/invoices/invoice.ts';
import { zero, type Cents } from '../../../domain/money.ts';
import { parseShillings } from '../payments/shillings.ts';

export interface LineDraft {
  /** Stays with the line while others come and go. */
  key: number;
  description: string;
  quantity: string;
  unit: string;
}

export const emptyLine = (key: number): LineDraft => ({
  ...{ key, description: '', quantity: '1', unit: '' },
});

/** A whole number of things, or undefined. */
export function readQuantity(text: string): number | undefined {
  const plain = text.replaceAll(/[,\s]/g, '');
  const quantity = /^\d{1,6}$/.test(plain) ? Number(plain) : 0;
  return quantity >= 1 && quantity <= quantityMax ? quantity : undefined;
}

/** A price above nothing, in cents, or undefined. */
export function readUnit(text: string): Cents | undefined {
  const unit = parseShillings(text.trim());
  return unit !== undefined && unit > 0 ? unit : undefined;
}

/** The line as it is sent; undefined while something of it is missing or wrong. */
export function readLine({ description, quantity, unit }: LineDraft): InvoiceLine | undefined {
  const [read, unitCents] = [readQuantity(quantity), readUnit(unit)];
  const words = description.trim();
  if (words === '' || read === undefined || unitCents === undefined) return undefined;
  return { description: words, quantity: read, unitCents };
}

/** All lines, what they cost so far, and what is wrong with the sum of them. */
export function readLines(drafts: readonly LineDraft[]): {
  lines: InvoiceLine[] | null;
  totalCents: Cents;
  problem: TotalProblem | null;
} {
  const read = drafts.map(readLine);
  const lines = read.filter((line) => line !== undefined);
  const isWhole = lines.length === drafts.length && lines.length > 0;
  const problem = isWhole ? (totalProblem(lines) ?? null) : null;
  return {
    lines: isWhole && problem === null ? lines : null,
    totalCents: lines.length === 0 ? zero : totalOf(lines),
    problem,
  };
}
