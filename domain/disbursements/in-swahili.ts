/** What was said in English about a payout, in Swahili. */
import { resultCodes } from '../daraja/result-codes.ts';
import { interpreter } from '../phrasebook.ts';
import { say } from '../sentence.ts';
import { batchRowPhrases } from './batch-row-phrases.ts';
import { limitNames, payoutPhrases } from './phrases.ts';

const answersOfMpesa = Object.fromEntries(
  resultCodes.map(({ family, code, wordsEn, wordsSw }) => [
    `${family} ${code}`,
    say(wordsEn, wordsSw),
  ]),
);

/** Why a payout waits for a second person, was not sent or not paid, or a row of a list cannot be. */
export const payoutInSwahili = interpreter(
  payoutPhrases,
  batchRowPhrases,
  limitNames,
  answersOfMpesa,
);
