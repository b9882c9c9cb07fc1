/** How the columns of a foreign file are read, and why. */
import { teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const mappingPhrases = {
  column: phrase(
    '“{column}” is read as {said:meaning}.',
    '“{column}” inasomwa kama {said:meaning}.',
  ),
  'year-first': phrase('Dates begin with the year.', 'Tarehe zinaanza na mwaka.'),
  'day-first': phrase(
    'Dates begin with the day: no other order fits the sample.',
    'Tarehe zinaanza na siku: mpangilio mwingine haulingani na sampuli.',
  ),
  'month-first': phrase(
    'Dates begin with the month: no other order fits the sample.',
    'Tarehe zinaanza na mwezi: mpangilio mwingine haulingani na sampuli.',
  ),
  'order-unsettled': phrase(
    'Please check the order of day and month: the sample does not settle it.',
    'Tafadhali angalia mpangilio wa siku na mwezi: sampuli haiamui.',
  ),
  'short-year': phrase(
    'Years have two digits and stand last: 14-11-26 is read as 2026.',
    'Miaka ina tarakimu mbili na iko mwisho: 14-11-26 inasomwa kama 2026.',
  ),
  'minus-is-out': phrase(
    'A minus sign is read as money out.',
    'Alama ya kutoa inasomwa kama pesa zilizotoka.',
  ),
  'no-minus': phrase(
    'Please check: no amount of the sample is negative, so all are read as money in.',
    'Tafadhali angalia: hakuna kiasi hasi kwenye sampuli, kwa hiyo vyote vinasomwa kama pesa zilizoingia.',
  ),
} as const;

/** What a column can hold, inside of the sentence about it. */
export const columnMeanings = {
  completionTime: phrase('the date', 'tarehe'),
  timeOfDay: phrase('the time of day', 'saa'),
  details: phrase('the details', 'maelezo'),
  receipt: phrase('the receipt or reference', 'risiti au rejea'),
  paidIn: phrase('money in', 'pesa zilizoingia'),
  withdrawn: phrase('money out', 'pesa zilizotoka'),
  amount: phrase('the signed amount', 'kiasi chenye alama'),
  balance: phrase('the running balance', 'salio la kila mstari'),
  status: phrase('the status', 'hali'),
  counterparty: phrase('the other side', 'upande wa pili'),
  accountReference: phrase('the account reference', 'rejea ya akaunti'),
} as const;

export const tellMapping = teller(mappingPhrases);
