/** What the signs of tampering say; stored with the proof like the words of its checks. */
import { formatMoney } from '../money.ts';
import type { Cents } from '../money.ts';
import type { Instant } from '../time.ts';
import { say, type Sentence } from '../sentence.ts';

/** Signs of tampering in the contents. */
export const signs = {
  balanceColumnMissing: say(
    'The Balance column that this kind of statement prints is missing.',
    'Safu ya salio, ambayo taarifa ya aina hii huwa nayo, haipo.',
  ),
  chainBroken: say(
    'Amounts and running balance contradict each other at these rows.',
    'Kiasi na salio vinapingana kwenye mistari hii.',
  ),
  totalsOff: say(
    'The printed totals are not the sums of the rows.',
    'Jumla zilizochapishwa si jumla za mistari.',
  ),
  summaryOff: say(
    'The lines of the printed summary do not add up to its own total.',
    'Mistari ya muhtasari uliochapishwa haijumliki kuwa jumla yake yenyewe.',
  ),
  otherDay: say(
    'The receipts of these rows were issued on another day than is printed.',
    'Risiti za mistari hii zilitolewa siku tofauti na iliyochapishwa.',
  ),
  acrossMidnight: say(
    'These rows completed just across midnight from the day of their receipts.',
    'Mistari hii ilikamilika usiku wa manane ukipita kidogo siku ya risiti zake.',
  ),
  amountConflict: say(
    'One receipt stands with different amounts that no charge explains.',
    'Risiti moja ina kiasi tofauti ambacho hakuna ada inayokieleza.',
  ),
  amountDoubt: say(
    'One receipt stands with different amounts; a wording is not known.',
    'Risiti moja ina kiasi tofauti; maneno yake hayajulikani.',
  ),
  againstTime: say(
    'These rows stand against the order of time that the file otherwise keeps.',
    'Mistari hii haifuati mpangilio wa muda ambao faili inaufuata kwingine.',
  ),
  noProducer: say(
    'The file does not say which program made it.',
    'Faili haisemi ilitengenezwa na programu gani.',
  ),
  activeContent: say(
    'The file carries scripts, actions or attachments; none was run or opened.',
    'Faili ina hati tendaji, vitendo au viambatisho; hakuna kilichoendeshwa wala kufunguliwa.',
  ),
} as const;

export function madeWith(producer: string): Sentence {
  return say(
    `The file was made or re-saved with “${producer}”.`,
    `Faili ilitengenezwa au kuhifadhiwa upya kwa “${producer}”.`,
  );
}

export function changedLater(createdAt: Instant, modifiedAt: Instant): Sentence {
  return say(
    `The file was made at ${createdAt} and changed at ${modifiedAt}.`,
    `Faili ilitengenezwa ${createdAt} na kubadilishwa ${modifiedAt}.`,
  );
}

export function madeBeforeItsEnd(createdAt: Instant, lastAt: Instant): Sentence {
  return say(
    `The file says it was made at ${createdAt}, before its last row at ${lastAt}.`,
    `Faili inasema ilitengenezwa ${createdAt}, kabla ya mstari wake wa mwisho wa ${lastAt}.`,
  );
}

export function changesWereAppended(times: number): Sentence {
  return say(
    `Changes were appended to the file ${times} time(s).`,
    `Mabadiliko yaliongezwa kwenye faili mara ${times}.`,
  );
}

export function fontsAreMixed(fonts: readonly { font: string; cells: number }[]): Sentence {
  const names = fonts.map(({ font, cells }) => `${font} (${cells})`).join(', ');
  return say(
    `The amounts are printed in ${fonts.length} fonts: ${names}.`,
    `Kiasi kimechapishwa kwa fonti ${fonts.length}: ${names}.`,
  );
}

/** In the words of that finding alone; a file that contradicts itself earns another one. */
export const elsewhere = 'in another statement';

/** Another statement of the account shows a receipt with another amount; the first is the example. */
export function amountsElsewhere(
  count: number,
  example: { receipt: string; amountCents: Cents; otherAmountCents: Cents },
): Sentence {
  const [here, there] = [formatMoney(example.amountCents), formatMoney(example.otherAmountCents)];
  const { receipt } = example;
  return say(
    `${count} receipt(s) have another amount ${elsewhere}: ${receipt} is ${here} here and ${there} there.`,
    `Risiti ${count} zina kiasi tofauti kwenye taarifa nyingine: ${receipt} ni ${here} hapa na ${there} kule.`,
  );
}
