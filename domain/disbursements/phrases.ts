/** Why a payout needs a second person, and why one was not sent. */
import { teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

export const payoutPhrases = {
  'payee-new': phrase(
    'This payee was never paid before, and {amount} is more than {limit}.',
    'Mpokeaji huyu hajawahi kulipwa, na {amount} ni zaidi ya {limit}.',
  ),
  'payee-velocity': phrase(
    '{count} payouts to this payee within ten minutes.',
    'Malipo {count} kwa mpokeaji huyu ndani ya dakika kumi.',
  ),
  'round-burst': phrase(
    '{count} payouts of round thousands within ten minutes.',
    'Malipo {count} ya maelfu kamili ndani ya dakika kumi.',
  ),
  'above-threshold': phrase(
    '{amount} is above {limit}, from which two people decide.',
    '{amount} inazidi {limit}, na kuanzia hapo watu wawili huamua.',
  ),
  fraud: phrase('It looks like fraud: {said:why}', 'Inaonekana ni ulaghai: {said:why}'),
  'checks-late': phrase(
    'The checks did not answer in time ({checks}). Nothing was sent; try again.',
    'Ukaguzi haukujibu kwa wakati ({checks}). Hakuna kilichotumwa; jaribu tena.',
  ),
  'ended-already': phrase('It had ended already.', 'Yalikuwa yameshaisha.'),
  suspended: phrase(
    'The business is suspended: no money leaves it.',
    'Biashara imesimamishwa: hakuna pesa zinazotoka.',
  ),
  'shortcode-gone': phrase(
    'The shortcode is paused or gone.',
    'Nambari ya biashara imesitishwa au haipo.',
  ),
  'ledger-refused': phrase('The ledger refused: {code}.', 'Daftari la hesabu limekataa: {code}.'),
  'short-of-money': phrase(
    '{needed} with the charge is needed on the {account} account; {available} is available.',
    '{needed} pamoja na ada inahitajika kwenye akaunti ya {account}; iliyopo ni {available}.',
  ),
  'over-limit': phrase(
    '{amount} is above the {said:limit}: it is {maximum}, {left} is left.',
    '{amount} inazidi {said:limit}: ni {maximum}, imebaki {left}.',
  ),
  'over-used-limit': phrase(
    '{amount} is above the {said:limit}: it is {maximum}, {used} of it is taken, {left} is left.',
    '{amount} inazidi {said:limit}: ni {maximum}, {used} imetumika, imebaki {left}.',
  ),
  'operator-stopped': phrase(
    'Stopped by an operator before it was sent.',
    'Yamesimamishwa na msimamizi kabla ya kutumwa.',
  ),
  'nobody-agreed': phrase(
    'Nobody agreed within {days} days.',
    'Hakuna aliyekubali ndani ya siku {days}.',
  ),
  rejected: phrase('Rejected.', 'Yamekataliwa.'),
  'called-back': phrase('Called back.', 'Yamerudishwa.'),
  unreachable: phrase(
    'M-PESA could not be reached; nothing was sent.',
    'M-PESA haikupatikana; hakuna kilichotumwa.',
  ),
  'not-known': phrase(
    'M-PESA knows no such payment: nothing was paid.',
    'M-PESA haijui malipo kama hayo: hakuna kilicholipwa.',
  ),
  cancelled: phrase(
    'M-PESA cancelled it: nothing was paid.',
    'M-PESA iliyaghairi: hakuna kilicholipwa.',
  ),
  declined: phrase(
    'M-PESA declined it: nothing was paid.',
    'M-PESA iliyakataa: hakuna kilicholipwa.',
  ),
  expired: phrase(
    'It expired at M-PESA: nothing was paid.',
    'Muda wake uliisha M-PESA: hakuna kilicholipwa.',
  ),
  'code-unknown': phrase(
    'M-PESA answered with a code we do not know ({code}).',
    'M-PESA imejibu kwa nambari tusiyoijua ({code}).',
  ),
  'found-unpaid': phrase(
    'Two people found that no money left.',
    'Watu wawili waligundua kuwa hakuna pesa zilizotoka.',
  ),
} as const;

/** Which limit, inside of the sentence about it. */
export const limitNames = {
  'per-transaction': phrase('limit for one payout', 'kikomo cha malipo moja'),
  'per-day': phrase('limit for all payouts of today', 'kikomo cha malipo yote ya leo'),
  'per-month': phrase('limit for all payouts of this month', 'kikomo cha malipo yote ya mwezi huu'),
  'payee-day': phrase(
    'limit for payouts of today to this payee',
    'kikomo cha malipo ya leo kwa mpokeaji huyu',
  ),
} as const;

export const payoutWords = teller(payoutPhrases);
