/** Why a row has its category, in Swahili. */
import { interpreter } from '../phrasebook.ts';
import { railWords, reasonPhrases } from './reason-phrases.ts';

export const categoryInSwahili = interpreter(reasonPhrases, railWords);
