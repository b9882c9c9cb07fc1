/**
 * Every code of Daraja in one table: what it means, in words a business user understands, and
 * whether to conclude, to wait or to ask. Codes are text, and one code may mean different things in
 * different families, so a code is always looked up together with its family.
 */
import { gatewayCodes } from './gateway-codes.ts';
import { initiatorCodes, reversalCodes } from './initiator-codes.ts';
import { failed, inFamily, type ResultFamily, type ResultMeaning } from './meaning.ts';
import { stkCodes } from './stk-codes.ts';

export type { ResultFamily, ResultMeaning, ResultStatus } from './meaning.ts';

/** What our validation answers to a C2B payment it does not take. */
export const validationCodes = inFamily('validation', [
  failed('C2B00011', ['The phone number is not accepted.', 'Nambari ya simu haikubaliki.']),
  failed('C2B00012', ['The account number is not known.', 'Nambari ya akaunti haitambuliki.']),
  failed('C2B00013', ['The amount is not accepted.', 'Kiasi hakikubaliki.']),
  failed('C2B00014', ['The payer’s details are not accepted.', 'Maelezo ya mlipaji hayakubaliki.']),
  failed('C2B00015', ['The shortcode is not known.', 'Nambari ya biashara haitambuliki.']),
  failed('C2B00016', ['The payment is not accepted.', 'Malipo hayakubaliki.']),
]);

export const resultCodes: readonly ResultMeaning[] = [
  ...stkCodes,
  ...initiatorCodes,
  ...reversalCodes,
  ...validationCodes,
  ...gatewayCodes,
];

const table = new Map(resultCodes.map((entry) => [`${entry.family} ${entry.code}`, entry]));

/**
 * The meaning of a code. A code nobody documented settles nothing: it is asked about and, when
 * nothing else settles it, looked at by a person.
 */
export function meaningOf(family: ResultFamily, code: string): ResultMeaning {
  return (
    table.get(`${family} ${code}`) ?? {
      family,
      code,
      status: 'unknown',
      wordsEn: `M-PESA answered with a code we do not know (${code}).`,
      wordsSw: `M-PESA imejibu kwa nambari tusiyoijua (${code}).`,
      isRetryable: false,
      retryAfterSeconds: null,
      isFinal: false,
      requery: true,
      isConfiguration: false,
    }
  );
}

/** A code as it arrives, number or text → text; undefined when it is neither. `0.0` is `0`. */
export function codeText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text.length > 40 ? undefined : text;
}
