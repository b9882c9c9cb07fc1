/** Why a row has its category. */
import { teller } from '../phrasebook.ts';
import { phrase, say, type Sentence } from '../sentence.ts';
import type { Channel } from '../statements/terms.ts';

export const reasonPhrases = {
  'by-hand': phrase('Somebody chose it by hand.', 'Mtu ameichagua mwenyewe.'),
  nothing: phrase(
    'Nothing in the wording or the name says what this was for.',
    'Hakuna kitu katika maneno wala jina kinachosema hii ilikuwa ya nini.',
  ),
  wording: phrase('The wording says “{purpose}”.', 'Maneno yanasema “{purpose}”.'),
  'nature-charge': phrase('The row is a charge.', 'Mstari huu ni ada.'),
  'nature-loan': phrase('The row is a loan.', 'Mstari huu ni mkopo.'),
  sales: phrase('A customer paid by {said:channel}.', 'Mteja alilipa kwa njia ya {said:channel}.'),
  name: phrase('The name contains “{word}”.', 'Jina lina neno “{word}”.'),
  'channel-in': phrase(
    'Money went in by {said:channel}.',
    'Pesa ziliingia kwa njia ya {said:channel}.',
  ),
  'channel-out': phrase(
    'Money went out by {said:channel}.',
    'Pesa zilitoka kwa njia ya {said:channel}.',
  ),
} as const;

/** The rails, inside of a sentence. */
export const railWords: Readonly<Record<Channel, Sentence>> = {
  'send-money': say('send-money', 'kutuma pesa'),
  'receive-money': say('receive-money', 'kupokea'),
  paybill: say('paybill', 'pay bill'),
  till: say('till', 'till'),
  pochi: say('pochi', 'Pochi la Biashara'),
  agent: say('agent', 'wakala'),
  atm: say('atm', 'ATM'),
  airtime: say('airtime', 'muda wa maongezi'),
  bundles: say('bundles', 'bando'),
  bank: say('bank', 'benki'),
  international: say('international', 'kimataifa'),
  'other-network': say('other-network', 'mtandao mwingine'),
  savings: say('savings', 'akiba'),
  loan: say('loan', 'mkopo'),
  investment: say('investment', 'uwekezaji'),
  card: say('card', 'kadi'),
  'business-payment': say('business-payment', 'malipo ya biashara'),
  settlement: say('settlement', 'ulipaji'),
  reversal: say('reversal', 'kubatilisha'),
  charge: say('charge', 'ada'),
  other: say('other', 'nyingine'),
};

export const tellReason = teller(reasonPhrases);
