import { isReference } from '../../../domain/collections/request.ts';
import { parseMsisdn } from '../../../domain/daraja/msisdn.ts';

export interface CustomerDraft {
  name: string;
  reference: string;
  /** As it is written; empty when none is known, or the known one stays. */
  number: string;
}

/** An empty number is none, which is good. */
export function isNumber({ number }: CustomerDraft): boolean {
  return number.trim() === '' || parseMsisdn(number).ok;
}

/** Whether it can be sent. */
export function isWholeCustomer(draft: CustomerDraft): boolean {
  const { name, reference } = draft;
  return name.trim() !== '' && isReference(reference.trim()) && isNumber(draft);
}
