/** Why a row could not be read. Names of columns are those the file prints, so they stay English. */
import { teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const rowPhrases = {
  'cell-problem': phrase('{cell}: {said:problem}', '{cell}: {said:problem}'),
  'status-unknown': phrase(
    'Status: “{status}” is not a known status.',
    'Status: “{status}” si hali inayojulikana.',
  ),
  'text-not-storable': phrase(
    'The row has characters that are no text (NUL).',
    'Mstari una alama ambazo si maandishi (NUL).',
  ),
  'cells-missing': phrase('These cells are missing: {cells}.', 'Seli hizi hazipo: {cells}.'),
  'cells-misfit': phrase(
    'The row has {found} cells and the header has {expected}.',
    'Mstari una seli {found} na vichwa vya safu ni {expected}.',
  ),
  'row-headless': phrase(
    'The page begins with the rest of a row whose beginning is missing.',
    'Ukurasa unaanza na mwisho wa mstari ambao mwanzo wake haupo.',
  ),
  'currency-foreign': phrase(
    'Currency: only Kenya shillings (KES) can be read, not “{currency}”.',
    'Sarafu: shilingi za Kenya (KES) tu ndizo zinazosomwa, si “{currency}”.',
  ),
  'direction-contradicts': phrase(
    'The details say money {said:direction}, but the amount stands under {column}.',
    'Maelezo yanasema pesa {said:direction}, lakini kiasi kiko chini ya {column}.',
  ),
  'both-columns': phrase(
    'Both Paid In and Withdrawn are filled.',
    'Paid In na Withdrawn zote zimejazwa.',
  ),
  'paid-in-negative': phrase('Paid In is negative.', 'Paid In ni hasi.'),
  'no-amount': phrase(
    'Neither Paid In nor Withdrawn has an amount.',
    'Paid In wala Withdrawn haina kiasi.',
  ),
  'amount-shape': phrase(
    'An amount looks like 1,234.50; this one could not be read.',
    'Kiasi huandikwa kama 1,234.50; hiki hakikusomeka.',
  ),
  'amount-huge': phrase(
    'The amount is larger than any account can hold.',
    'Kiasi ni kikubwa kuliko akaunti yoyote inavyoweza kuwa nacho.',
  ),
  'time-shape': phrase(
    'A time looks like 2026-11-14 09:35:41.',
    'Wakati huandikwa kama 2026-11-14 09:35:41.',
  ),
  'time-yearless': phrase(
    'The year must be printed with four digits.',
    'Mwaka lazima uandikwe kwa tarakimu nne.',
  ),
  'time-out-of-range': phrase(
    'The year {year} is outside what statements cover.',
    'Mwaka {year} uko nje ya miaka ya taarifa.',
  ),
  'time-impossible': phrase(
    'The calendar or the clock has no such time.',
    'Kalenda au saa haina wakati kama huo.',
  ),
  'time-ahead': phrase('The time lies in the future.', 'Wakati huu bado haujafika.'),
  'receipt-blank': phrase('The receipt number is blank.', 'Nambari ya risiti haikujazwa.'),
  'receipt-alphabet': phrase(
    'A receipt number has only the letters A to Z and digits.',
    'Nambari ya risiti ina herufi A hadi Z na tarakimu tu.',
  ),
  'receipt-length': phrase(
    'A receipt number has 10 characters; this one has {length}.',
    'Nambari ya risiti ina alama 10; hii ina {length}.',
  ),
  'receipt-beginning': phrase(
    'A receipt number begins with a letter; check whether a 0 (zero) stands for the letter O.',
    'Nambari ya risiti huanza na herufi; angalia kama 0 (sifuri) imeandikwa badala ya herufi O.',
  ),
} as const;

/** Which way money went, inside of another sentence. */
export const directionWords = {
  in: phrase('in', 'iliingia'),
  out: phrase('out', 'ilitoka'),
} as const;

export const tellRow = teller(rowPhrases);
