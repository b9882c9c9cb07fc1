/** How a request for money ended without any, where M-PESA did not say so. */
import { interpreter, teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const collectionPhrases = {
  'no-credentials': phrase(
    'The shortcode has no credentials yet.',
    'Nambari ya biashara bado haina vitambulisho.',
  ),
  refused: phrase('M-PESA refused the request ({code}).', 'M-PESA imekataa ombi ({code}).'),
  unreachable: phrase(
    'M-PESA could not be reached, so no prompt was sent.',
    'M-PESA haikupatikana, kwa hiyo hakuna ombi lililotumwa kwenye simu.',
  ),
  cancelled: phrase(
    'Cancelled. Should the payer still pay, the money is credited all the same.',
    'Imeghairiwa. Mlipaji akilipa bado, pesa zitaingizwa vilevile.',
  ),
  closed: phrase('Closed by a person: {reason}', 'Imefungwa na mtu: {reason}'),
  'closed-by-two': phrase('Closed by two people: {reason}', 'Imefungwa na watu wawili: {reason}'),
} as const;

export const collectionWords = teller(collectionPhrases);

/** What was said in English about the end of a collection, in Swahili. */
export const collectionInSwahili = interpreter(collectionPhrases);
