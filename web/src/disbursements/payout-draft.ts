import { paysToPhone, type Payee } from '../../../domain/disbursements/terms.ts';
import { parseMsisdn, type Msisdn } from '../../../domain/daraja/msisdn.ts';
import type { Cents } from '../../../domain/money.ts';
import { payoutMinimum, providerMaxima } from '../../../domain/limits/terms.ts';
import { parseWholeShillings } from '../payments/shillings.ts';
import type { PayoutKind } from './payout-types.ts';

export interface PayoutDraft {
  shortcodeId: string;
  kind: PayoutKind;
  msisdn: string;
  number: string;
  account: string;
  amount: string;
  payeeName: string;
  reference: string;
  remarks: string;
}

export const emptyPayout: PayoutDraft = {
  ...{ shortcodeId: '', kind: 'business-payment', msisdn: '', number: '', account: '' },
  ...{ amount: '', payeeName: '', reference: '', remarks: '' },
};

export const payoutErrors = [
  'msisdn',
  'number',
  'account',
  'registration',
  'shillings',
  'too-small',
  'too-large',
] as const;

export interface PayoutWish {
  shortcodeId: string;
  kind: PayoutKind;
  amountCents: Cents;
  payee: Payee;
  payeeName: string;
  reference: string | null;
  remarks: string;
}

type Fields = 'msisdn' | 'number' | 'account' | 'amount';

/** What a form holds: the payout it would ask for, or what is wrong with which field. */
export function readPayout(draft: PayoutDraft): {
  msisdn: Msisdn | null;
  errors: Partial<Record<Fields, string>>;
  amountCents: Cents | null;
  wish: PayoutWish | null;
} {
  const parsed = parseMsisdn(draft.msisdn);
  const msisdn = parsed.ok ? parsed.msisdn : null;
  const payee = payeeOf(draft, msisdn);
  const amount = parseWholeShillings(draft.amount);
  const wrongAmount = amountError(amount, draft.kind);
  const errors = {
    ...('errors' in payee ? payee.errors : {}),
    ...(wrongAmount === undefined ? {} : { amount: wrongAmount }),
  };
  const amountCents = wrongAmount === undefined && amount !== undefined ? amount : null;
  const isWhole = !('errors' in payee) && amountCents !== null && draft.shortcodeId !== '';
  if (!isWhole) return { msisdn, errors, amountCents, wish: null };
  const { shortcodeId, kind } = draft;
  const texts = {
    payeeName: draft.payeeName.trim(),
    remarks: draft.remarks.trim(),
    reference: draft.reference.trim() === '' ? null : draft.reference.trim(),
  };
  return {
    ...{ msisdn, errors, amountCents },
    wish: { shortcodeId, kind, amountCents, payee: payee.payee, ...texts },
  };
}

function payeeOf(
  { kind, number, account }: PayoutDraft,
  msisdn: Msisdn | null,
): { payee: Payee } | { errors: Partial<Record<Fields, string>> } {
  if (paysToPhone(kind)) {
    return msisdn === null
      ? { errors: { msisdn: 'msisdn' } }
      : { payee: { kind: 'msisdn', msisdn } };
  }
  const plain = number.trim();
  if (kind === 'tax') {
    return /^\d{6,20}$/.test(plain)
      ? { payee: { kind: 'tax', registrationNumber: plain } }
      : { errors: { number: 'registration' } };
  }
  const isNumber = /^\d{5,7}$/.test(plain);
  if (kind === 'buy-goods') {
    return isNumber ? { payee: { kind: 'till', number: plain } } : { errors: { number: 'number' } };
  }
  const accountReference = account.trim();
  const isAccount = /^[\w./-]{1,13}$/.test(accountReference);
  if (isNumber && isAccount)
    return { payee: { kind: 'pay-bill', number: plain, accountReference } };
  return {
    errors: {
      ...(isNumber ? {} : { number: 'number' }),
      ...(isAccount ? {} : { account: 'account' }),
    },
  };
}

function amountError(amount: Cents | undefined, kind: PayoutKind): string | undefined {
  if (amount === undefined) return 'shillings';
  if (amount < (paysToPhone(kind) ? payoutMinimum : 100)) return 'too-small';
  return amount > providerMaxima['per-transaction'] ? 'too-large' : undefined;
}
