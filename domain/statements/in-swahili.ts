/** What reading a statement said in English, in Swahili. */
import { interpreter } from '../phrasebook.ts';
import { filePhrases } from './file-phrases.ts';
import { columnMeanings, mappingPhrases } from './mapping-phrases.ts';
import { meanings } from './meanings.ts';
import { packagePhrases } from './package-phrases.ts';
import { readingPhrases } from './reading-phrases.ts';
import { directionWords, rowPhrases } from './row-phrases.ts';
import { runPhrases } from './run-phrases.ts';

/** Why a row was rejected. */
export const rejectInSwahili = interpreter(rowPhrases, directionWords);
/** Why a file was refused, waits or ended; the words of its proof are given as said before. */
export const problemInSwahili = interpreter(filePhrases, packagePhrases, runPhrases);
/** Why a row means what we say. */
export const readingInSwahili = interpreter(readingPhrases, meanings);
/** Why columns are read as they are. */
export const mappingInSwahili = interpreter(mappingPhrases, columnMeanings);
