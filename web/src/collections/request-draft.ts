import {
  amountMaxCents,
  amountMinCents,
  descriptionMax,
  isCollectible,
  isDescription,
  isReference,
  referenceMax,
} from '../../../domain/collections/request.ts';
import { parseMsisdn, type Msisdn } from '../../../domain/daraja/msisdn.ts';
import type { Cents } from '../../../domain/money.ts';
import { parseWholeShillings } from '../payments/shillings.ts';

export interface RequestDraft {
  shortcodeId: string;
  customerId: string;
  msisdn: string;
  amount: string;
  reference: string;
  description: string;
}

export const emptyRequest: RequestDraft = {
  ...{ shortcodeId: '', customerId: '', msisdn: '', amount: '', reference: '', description: '' },
};

export const requestErrors = [
  'msisdn',
  'shillings',
  'too-small',
  'too-large',
  'reference-missing',
  'reference-long',
  'reference-signs',
  'description-long',
  'description-signs',
] as const;
type RequestError = (typeof requestErrors)[number];

export interface RequestWish {
  shortcodeId: string;
  msisdn: Msisdn;
  amountCents: Cents;
  accountReference: string;
  description?: string;
  customerId?: string;
}

/** What a form holds: the request it would send, or what is wrong with which field. */
export function readRequest(draft: RequestDraft): {
  msisdn: Msisdn | null;
  errors: Partial<Record<'msisdn' | 'amount' | 'reference' | 'description', RequestError>>;
  wish: RequestWish | null;
} {
  const parsed = parseMsisdn(draft.msisdn);
  const amountCents = parseWholeShillings(draft.amount);
  const amount = amountError(amountCents);
  const reference = draft.reference.trim();
  const description = draft.description.trim();
  const said = {
    reference: referenceError(reference),
    description: descriptionError(description),
  };
  const errors = {
    ...(parsed.ok ? {} : { msisdn: 'msisdn' as const }),
    ...(amount === undefined ? {} : { amount }),
    ...(said.reference === undefined ? {} : { reference: said.reference }),
    ...(said.description === undefined ? {} : { description: said.description }),
  };
  const msisdn = parsed.ok ? parsed.msisdn : null;
  const isWhole = Object.keys(errors).length === 0 && draft.shortcodeId !== '';
  if (!isWhole || msisdn === null || amountCents === undefined)
    return { msisdn, errors, wish: null };
  const wish = {
    ...{ shortcodeId: draft.shortcodeId, msisdn, amountCents, accountReference: reference },
    ...(description === '' ? {} : { description }),
    ...(draft.customerId === '' ? {} : { customerId: draft.customerId }),
  };
  return { msisdn, errors, wish };
}

function amountError(amount: Cents | undefined): RequestError | undefined {
  if (amount === undefined) return 'shillings';
  if (amount < amountMinCents) return 'too-small';
  if (amount > amountMaxCents) return 'too-large';
  return isCollectible(amount) ? undefined : 'shillings';
}

function referenceError(text: string): RequestError | undefined {
  if (text === '') return 'reference-missing';
  if (text.length > referenceMax) return 'reference-long';
  return isReference(text) ? undefined : 'reference-signs';
}

function descriptionError(text: string): RequestError | undefined {
  if (text === '') return undefined;
  if (text.length > descriptionMax) return 'description-long';
  return isDescription(text) ? undefined : 'description-signs';
}
