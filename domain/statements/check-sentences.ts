/**
 * What the checks of a proof say, with their figures. The sentences are stored with the proof: what
 * a person read when deciding stays readable as it was.
 */
import { formatMoney, subtract } from '../money.ts';
import type { Cents } from '../money.ts';
import type { ChainBreak } from './chain.ts';
import { say, together, type Sentence } from '../sentence.ts';

/** Swahili counts rows without a plural form: mstari 1, mistari 2. */
function rows(count: number): Sentence {
  return count === 1 ? say('1 row', 'mstari 1') : say(`${count} rows`, `mistari ${count}`);
}

export function rowsWereLost(expected: number, read: number): Sentence {
  const { en, sw } = rows(expected);
  return say(
    `The file seems to hold ${en}, but ${read} were read.`,
    `Faili inaonekana kuwa na ${sw}, lakini iliyosomwa ni ${read}.`,
  );
}

export function rowsWereRejected(expected: number, rejected: number): Sentence {
  const { en, sw } = rows(expected);
  return say(
    `Of ${en}, ${rejected} could not be read.`,
    `Kati ya ${sw}, ${rejected} haikuweza kusomwa.`,
  );
}

export function rowsWereSkipped(expected: number, skipped: number): Sentence {
  const { en, sw } = rows(expected);
  return say(
    `Of ${en}, a person left out ${skipped}; all others were read.`,
    `Kati ya ${sw}, mtu aliruka ${skipped}; nyingine zote zimesomwa.`,
  );
}

export function allRowsWereRead(count: number): Sentence {
  const { en, sw } = rows(count);
  return say(`All ${en} of the file were read.`, `Faili imesomwa yote: ${sw}.`);
}

export const amountsAreTooLarge = say(
  'The amounts are too large to be added up exactly.',
  'Kiasi ni kikubwa mno kujumlishwa kwa usahihi.',
);

export const noTotalsArePrinted = say(
  'The file prints no totals.',
  'Faili haina jumla zilizochapishwa.',
);

const sides = {
  in: say('paid in', 'ya pesa zilizoingia'),
  out: say('withdrawn', 'ya pesa zilizotoka'),
};
export type Side = keyof typeof sides;

export function noTotalIsPrinted(side: Side): Sentence {
  const { en, sw } = sides[side];
  return say(`No total ${en} is printed.`, `Jumla ${sw} haikuchapishwa.`);
}

export function totalAgrees(side: Side, found: Cents): Sentence {
  const { en, sw } = sides[side];
  const money = formatMoney(found);
  return say(`Total ${en} ${money} agrees.`, `Jumla ${sw} ${money} inalingana.`);
}

export function totalDiffers(side: Side, printed: Cents, found: Cents): Sentence {
  const { en, sw } = sides[side];
  const [was, is] = [formatMoney(printed), formatMoney(found)];
  const difference = formatMoney(subtract(found, printed));
  return say(
    `Total ${en} is printed as ${was}; the rows add up to ${is} (${difference}).`,
    `Jumla ${sw} imechapishwa ${was}; mistari inajumlika kuwa ${is} (${difference}).`,
  );
}

export const noBalancesArePrinted = say(
  'The file prints neither an opening nor a closing balance.',
  'Faili haina salio la kuanzia wala la kumalizia.',
);

export const oneBalanceIsPrinted = say(
  'Only one of opening and closing balance is printed; it does not disagree.',
  'Salio moja tu, la kuanzia au la kumalizia, limechapishwa; halipingani.',
);

export function rowsLead(opening: Cents, closing: Cents): Sentence {
  const [from, to] = [formatMoney(opening), formatMoney(closing)];
  return say(
    `The rows lead from ${from} to ${to} to the cent.`,
    `Mistari inatoka ${from} hadi ${to} bila senti kupotea.`,
  );
}

export function rowsLeadElsewhere(closing: Cents, reached: Cents): Sentence {
  const [printed, found] = [formatMoney(closing), formatMoney(reached)];
  const difference = formatMoney(subtract(reached, closing));
  return say(
    `The rows lead to ${found}; the printed closing balance is ${printed} (${difference}).`,
    `Mistari inafika ${found}; salio la kumalizia lililochapishwa ni ${printed} (${difference}).`,
  );
}

const ends = {
  opening: say('opening', 'la kuanzia'),
  closing: say('closing', 'la kumalizia'),
};

export function balanceDiffers(end: keyof typeof ends, printed: Cents, found: Cents): Sentence {
  const { en, sw } = ends[end];
  const [was, is] = [formatMoney(printed), formatMoney(found)];
  return say(
    `The ${en} balance is printed as ${was}; by the rows it is ${is}.`,
    `Salio ${sw} limechapishwa ${was}; kwa mistari ni ${is}.`,
  );
}

export const noRunningBalance = say(
  'The file prints no running balance.',
  'Faili haina salio la kila mstari.',
);

export const singleBalance = say(
  'There is a single balance, so there is nothing to chain.',
  'Kuna salio moja tu, kwa hiyo hakuna la kulinganisha.',
);

/** The first breaks are told one by one. */
export function chainBreaks(count: number, breaks: readonly ChainBreak[]): Sentence {
  const places = count === 1 ? '1 place' : `${count} places`;
  const intro = say(
    `The running balance breaks in ${places}.`,
    `Salio la kila mstari linakatika mahali ${count}.`,
  );
  return together([intro, ...breaks.slice(0, 3).map(breakInWords)]);
}

function breakInWords(found: ChainBreak): Sentence {
  const receipts = [...new Set(found.rows.map((row) => row.receipt))].join(', ');
  const [is, should] = [formatMoney(found.foundCents), formatMoney(found.expectedCents)];
  const difference = formatMoney(found.differenceCents);
  const en =
    found.kind === 'balance' ? `The balance at ${receipts} is` : `Between ${receipts} it is`;
  const sw = found.kind === 'balance' ? `Salio la ${receipts} ni` : `Kati ya ${receipts} ni`;
  return say(
    `${en} ${is} instead of ${should} (${difference}).`,
    `${sw} ${is} badala ya ${should} (${difference}).`,
  );
}

export function chainHolds(balances: number, moved: number): Sentence {
  const printed = moved === 1 ? '1 row prints' : `${moved} rows print`;
  return say(
    `The running balance holds from row to row; ${balances} of ${printed} a balance.`,
    `Salio linaendana mstari hadi mstari; ${balances} kati ya ${rows(moved).sw} ina salio.`,
  );
}

export const someRowsFitInNoOrder = say(
  'Some rows of one moment fit in no order, though their moment closes right.',
  'Baadhi ya mistari ya wakati mmoja haifuatani, ingawa salio la mwisho la wakati huo ni sahihi.',
);

export const noPeriodIsPrinted = say('The file prints no period.', 'Faili haikuchapisha kipindi.');

interface Period {
  from: string | undefined;
  to: string | undefined;
}

function printed({ from, to }: Period): Sentence {
  return say(
    `${from ?? 'the beginning'} to ${to ?? 'the end'}`,
    `${from ?? 'mwanzo'} hadi ${to ?? 'mwisho'}`,
  );
}

export function rowsLieOutside(count: number, period: Period): Sentence {
  const { en, sw } = printed(period);
  return say(
    `${rows(count).en} ${count === 1 ? 'lies' : 'lie'} outside the printed period ${en}.`,
    `Nje ya kipindi kilichochapishwa, ${sw}: ${rows(count).sw}.`,
  );
}

export function rowsLieWithin(count: number, period: Period): Sentence {
  const { en, sw } = printed(period);
  return say(
    `${rows(count).en} ${count === 1 ? 'lies' : 'lie'} within the printed period ${en}.`,
    `Ndani ya kipindi kilichochapishwa, ${sw}: ${rows(count).sw}.`,
  );
}

export const noReceiptTellsADay = say(
  'No receipt encodes a day.',
  'Hakuna risiti inayoonyesha siku.',
);

export function receiptsOfAnotherDay(count: number): Sentence {
  const { en, sw } = rows(count);
  return say(
    `The receipt of ${en} was issued on another day than is printed.`,
    `Risiti ya ${sw} ilitolewa siku tofauti na iliyochapishwa.`,
  );
}

export function receiptsAcrossMidnight(count: number): Sentence {
  const { en, sw } = rows(count);
  return say(
    `${en} completed just across midnight from the day of the receipt.`,
    `Usiku wa manane ulipita kidogo kati ya siku ya risiti na muamala: ${sw}.`,
  );
}

export function receiptsOfTheDay(count: number): Sentence {
  return say(
    `All ${count} receipts were issued on the printed day.`,
    `Risiti zote ${count} zilitolewa siku iliyochapishwa.`,
  );
}

export const noReceipts = say(
  'There are no receipts to compare.',
  'Hakuna risiti za kulinganisha.',
);

export const receiptConflict = say(
  'A receipt is printed with different amounts that no charge explains.',
  'Risiti moja imechapishwa na kiasi tofauti ambacho hakuna ada inayokieleza.',
);

export const noContradiction = say(
  'No receipt is printed in contradiction.',
  'Hakuna risiti inayojipinga.',
);

export const receiptRepeats = say(
  'A receipt is printed on more than one payment row; the rows are all kept.',
  'Risiti moja imechapishwa kwenye zaidi ya mstari mmoja wa malipo; mistari yote imehifadhiwa.',
);
