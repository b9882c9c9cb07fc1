/** Why money could belong to somebody. */
import { interpreter, teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const guessPhrases = {
  same: phrase('The reference is the same.', 'Rejea ni ile ile.'),
  spacing: phrase(
    'The reference is the same but for case, spaces or punctuation.',
    'Rejea ni ile ile ila kwa herufi kubwa, nafasi au alama.',
  ),
  'look-alike': phrase(
    'The reference is the same but for look-alike characters (O and 0, I and 1).',
    'Rejea ni ile ile ila kwa herufi zinazofanana (O na 0, I na 1).',
  ),
  contained: phrase(
    'The typed text contains the reference.',
    'Maandishi yaliyoandikwa yana rejea hiyo.',
  ),
  'one-typo': phrase('The reference is 1 keystroke away.', 'Rejea inatofautiana kwa herufi 1.'),
  typos: phrase(
    'The reference is {distance} keystrokes away.',
    'Rejea inatofautiana kwa herufi {distance}.',
  ),
  'paid-once': phrase(
    'This payer paid here once before.',
    'Mlipaji huyu aliwahi kulipa hapa mara moja.',
  ),
  'paid-often': phrase(
    'This payer paid here {times} times before.',
    'Mlipaji huyu aliwahi kulipa hapa mara {times}.',
  ),
  amount: phrase('Exactly this amount is open.', 'Kiasi hiki hasa ndicho kinachodaiwa.'),
  timing: phrase(
    'It was asked for within the last two weeks.',
    'Kiliombwa ndani ya wiki mbili zilizopita.',
  ),
  taught: phrase('Somebody put this reference here before.', 'Mtu aliwahi kuweka rejea hii hapa.'),
} as const;

export const tellGuess = teller(guessPhrases);
export const guessInSwahili = interpreter(guessPhrases);
