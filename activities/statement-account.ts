/** Which account a file belongs to, from what the file prints about itself. */
import { createHash } from 'node:crypto';
import type { NewAccount } from '../db/accounts.ts';
import type { AccountKind } from '../db/statement-tables.ts';
import type { ColumnMapping, PrintedFacts, StatementFormat } from '../domain/statements/terms.ts';

const kinds: Record<StatementFormat, AccountKind> = {
  'personal-a': 'personal',
  'personal-b': 'personal',
  'till-pdf': 'till',
  'organisation-classic': 'paybill',
  'organisation-newer': 'paybill',
  'mapped-csv': 'bank',
};

const labels: Record<AccountKind, string> = {
  personal: 'M-PESA',
  till: 'Till',
  paybill: 'Pay bill',
  bank: 'Bank account',
};

/**
 * The account as `findOrCreateAccount` wants it. A file that prints no number is told apart by its
 * layout, and a foreign file by its mapping, so that two banks never share an account by accident.
 */
export function accountOf(facts: PrintedFacts, mapping: ColumnMapping | undefined): NewAccount {
  const kind = kinds[facts.format];
  const holder = facts.accountName ?? facts.customerName;
  const named = holder === undefined ? {} : { holderName: holder };
  if (facts.accountNumber === undefined) {
    const number = `unnumbered|${facts.format}|${fingerprint(mapping)}`;
    return { kind, number, numberMasked: '', label: labels[kind], ...named };
  }
  const number = canonicalNumber(kind, facts.accountNumber);
  const numberMasked = kind === 'till' || kind === 'paybill' ? number : maskNumber(number);
  return { kind, number, numberMasked, label: `${labels[kind]} ${numberMasked}`, ...named };
}

/** `0712 345 678`, `+254712345678` and `254712345678` are one number. */
function canonicalNumber(kind: AccountKind, printed: string): string {
  const text = printed.replace(/[\s+-]/g, '').toUpperCase();
  if (kind !== 'personal') return text;
  if (/^0[17][\d*X]{8}$/.test(text)) return `254${text.slice(1)}`;
  return /^[17][\d*X]{8}$/.test(text) ? `254${text}` : text;
}

/** Keeps the beginning and the last three digits: enough to recognise one's own number. */
function maskNumber(number: string): string {
  if (/^254[17]/.test(number) && number.length === 12) {
    return `0${number.slice(3, 6)}***${number.slice(-3)}`;
  }
  return number.length > 4 ? `***${number.slice(-4)}` : number;
}

function fingerprint(mapping: ColumnMapping | undefined): string {
  if (mapping === undefined) return '';
  return createHash('sha256').update(JSON.stringify(mapping.columns)).digest('hex');
}
