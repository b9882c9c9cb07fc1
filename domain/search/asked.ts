/** What somebody may have meant by what they typed into the search of everything. */
import { referenceKey } from '../collections/reference.ts';
import { parseMsisdn, type Msisdn } from '../daraja/msisdn.ts';
import { cents, type Cents } from '../money.ts';

/** One text can be several things at once: `1500` is an amount and may be a reference. */
export interface Asked {
  /** As typed, without the space around it. */
  text: string;
  /** A receipt or how one begins, in capitals. */
  receipt?: string;
  msisdn?: Msisdn;
  amountCents?: Cents;
  /** What references typed alike have in common; absent when nothing of the text is left in it. */
  referenceKey?: string;
  /** An id as clients see it. */
  publicId?: string;
}

const receiptStart = /^[A-Z0-9]{4,12}$/;
const amountForm =
  /^(?:kes|kshs?)?\.?\s*(\d{1,3}(?:[, ]\d{3}){1,2}|\d{1,9})(?:\.(\d{2}))?\s*(?:\/[-=])?$/i;
const publicIdForm = /^[a-z]{2,3}_[0-9a-f]{32}$/;

/**
 * `ukE7q2` → the start of a receipt; `0712 345 678` → a number and no amount; `KES 1,500` → 150000
 * cents. Never refuses: what is nothing else is still words.
 */
export function readAsked(typed: string): Asked {
  const text = typed.trim();
  if (publicIdForm.test(text)) return { text, publicId: text };
  const capitals = text.toUpperCase();
  const phone = parseMsisdn(text);
  const amount = phone.ok ? undefined : amountIn(text);
  const key = referenceKey(text);
  return {
    text,
    ...(receiptStart.test(capitals) ? { receipt: capitals } : {}),
    ...(phone.ok ? { msisdn: phone.msisdn } : {}),
    ...(amount === undefined ? {} : { amountCents: amount }),
    ...(key === '' ? {} : { referenceKey: key }),
  };
}

/** `1,500.50` → 150050. Undefined for zero and for what is no amount of shillings. */
function amountIn(text: string): Cents | undefined {
  const found = amountForm.exec(text);
  if (found === null) return undefined;
  const [, shillings = '', hundredths = '00'] = found;
  const digits = `${shillings.replaceAll(/[, ]/g, '')}${hundredths}`;
  const amount = cents(Number.parseInt(digits, 10));
  return amount > 0 ? amount : undefined;
}
