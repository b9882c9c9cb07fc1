/** Why we believe what we say about a row. */
import { teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const readingPhrases = {
  wording: phrase('“{phrase}” means {said:meaning}.', '“{phrase}” maana yake ni {said:meaning}.'),
  unknown: phrase(
    'No known wording matched; the direction is that of the printed column.',
    'Maneno haya hayajulikani; mwelekeo ni wa safu iliyochapishwa.',
  ),
  'wording-decides': phrase(
    'The amount stands in the {column} column; the wording decides.',
    'Kiasi kiko kwenye safu ya {column}; maneno ndiyo yanayoamua.',
  ),
  'file-decides': phrase(
    'The file books it the other way round; the file decides.',
    'Faili inaandika kinyume; faili ndiyo inayoamua.',
  ),
  'typed-by-person': phrase(
    'A person typed the row in from the paper.',
    'Mtu aliandika mstari huu kutoka kwenye karatasi.',
  ),
} as const;

export const tellReading = teller(readingPhrases);
