/**
 * Details texts. One transaction is worded differently by each layout (separator, stars of the
 * mask), so a book keeps the wording as parts and a layout prints it.
 */
import type { Person } from './names.ts';

/** How a layout prints people. */
export interface WordingStyle {
  /** `short`: `0712***678`; `long`: `07******678`; `export`: `25471****678`. */
  mask: 'short' | 'long' | 'export';
  /** `after`: `to 2547… - NAME`; `before`: `to - 07… NAME`. */
  dash: 'after' | 'before';
}

export interface PersonPart {
  person: Person;
  /** Printed as `- 07… NAME` by every layout. */
  alwaysDashed?: boolean;
  /** Number only, no name. */
  numberOnly?: boolean;
}

/** Literal text and people, joined without separators. */
export type Wording = readonly (string | PersonPart)[];

/** The details text of a wording in one layout's style. */
export function printWording(wording: Wording, style: WordingStyle): string {
  let text = '';
  for (const part of wording) text += typeof part === 'string' ? part : printPerson(part, style);
  return text;
}

/** Masks `2547XXXXXXXX` the way a layout does. */
function maskNumber(msisdn: string, mask: WordingStyle['mask']): string {
  const end = msisdn.slice(-3);
  if (mask === 'long') return `0${msisdn.slice(3, 4)}******${end}`;
  if (mask === 'export') return `${msisdn.slice(0, 5)}****${end}`;
  return Number(msisdn.slice(-1)) % 3 === 0
    ? `0${msisdn.slice(3, 6)}***${end}`
    : `${msisdn.slice(0, 6)}***${end}`;
}

function printPerson(part: PersonPart, style: WordingStyle): string {
  const number = maskNumber(part.person.msisdn, style.mask);
  if (part.numberOnly === true) return number;
  const dashed = part.alwaysDashed === true || style.dash === 'before';
  return dashed ? `- ${number} ${part.person.name}` : `${number} - ${part.person.name}`;
}
