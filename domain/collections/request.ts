/** What a request for money must look like before anything is recorded or sent. */
import { cents, type Cents } from '../money.ts';

/** Daraja's own limits (2025): whole shillings from 1 to 250,000 in one push. */
export const amountMinCents: Cents = cents(100);
export const amountMaxCents: Cents = cents(25_000_000);
/** What the prompt has room for. */
export const referenceMax = 12;
export const descriptionMax = 13;

/** Printable ASCII that starts and ends with something to read. */
const printable = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

export function isCollectible(amountCents: number): boolean {
  return (
    Number.isSafeInteger(amountCents) &&
    amountCents % 100 === 0 &&
    amountCents >= amountMinCents &&
    amountCents <= amountMaxCents
  );
}

export function isReference(text: string): boolean {
  return text.length <= referenceMax && printable.test(text);
}

export function isDescription(text: string): boolean {
  return text.length <= descriptionMax && printable.test(text);
}
