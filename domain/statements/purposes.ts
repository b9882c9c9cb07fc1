/** The kinds of movement a reading can name, with what follows from each. */
import { meanings } from './meanings.ts';
import type { Channel } from './terms.ts';

/** What kind of money a purpose moves; `request` moves none. */
export type Nature = 'plain' | 'fee' | 'own-money' | 'loan-principal' | 'request';

export interface Purpose {
  channel: Channel;
  nature: Nature;
  /** Completes the sentence "“Pay Bill to” means …". */
  meaning: string;
}

type Rail = Omit<Purpose, 'meaning'>;

function purpose(channel: Channel, nature: Nature): Rail {
  return { channel, nature };
}

const rails: readonly (readonly [string, Rail])[] = [
  ['reversal', purpose('reversal', 'plain')],
  ['fee.send', purpose('charge', 'fee')],
  ['fee.paybill', purpose('charge', 'fee')],
  ['fee.till', purpose('charge', 'fee')],
  ['fee.withdraw', purpose('charge', 'fee')],
  ['fee.other', purpose('charge', 'fee')],
  ['loan.fuliza.draw', purpose('loan', 'loan-principal')],
  ['loan.fuliza.repay', purpose('loan', 'loan-principal')],
  ['send', purpose('send-money', 'plain')],
  ['send.card', purpose('card', 'plain')],
  ['pochi', purpose('pochi', 'plain')],
  ['pochi.received', purpose('pochi', 'plain')],
  ['receive', purpose('receive-money', 'plain')],
  ['business-payout', purpose('business-payment', 'plain')],
  ['salary', purpose('business-payment', 'plain')],
  ['promotion', purpose('business-payment', 'plain')],
  ['bank.in', purpose('bank', 'plain')],
  ['remittance.in', purpose('international', 'plain')],
  ['remittance.out', purpose('international', 'plain')],
  ['send.other-network', purpose('other-network', 'plain')],
  ['receive.other-network', purpose('other-network', 'plain')],
  ['loan.hustler.repay', purpose('loan', 'loan-principal')],
  ['paybill', purpose('paybill', 'plain')],
  ['card.purchase', purpose('card', 'plain')],
  ['paybill.card', purpose('card', 'plain')],
  ['till', purpose('till', 'plain')],
  ['till.card', purpose('card', 'plain')],
  ['till.received', purpose('till', 'plain')],
  ['withdraw.agent', purpose('agent', 'plain')],
  ['withdraw.atm', purpose('atm', 'plain')],
  ['deposit.agent', purpose('agent', 'plain')],
  ['airtime', purpose('airtime', 'plain')],
  ['airtime.other', purpose('airtime', 'plain')],
  ['bundles', purpose('bundles', 'plain')],
  ['savings.locked', purpose('savings', 'own-money')],
  ['loan.mshwari.draw', purpose('loan', 'loan-principal')],
  ['loan.mshwari.repay', purpose('loan', 'loan-principal')],
  ['loan.mshwari.request', purpose('loan', 'request')],
  ['savings.in', purpose('savings', 'own-money')],
  ['savings.out', purpose('savings', 'own-money')],
  ['loan.kcb.draw', purpose('loan', 'loan-principal')],
  ['loan.kcb.repay', purpose('loan', 'loan-principal')],
  ['loan.kcb.request', purpose('loan', 'request')],
  ['savings.target', purpose('savings', 'own-money')],
  ['loan.term.draw', purpose('loan', 'loan-principal')],
  ['loan.term.repay', purpose('loan', 'loan-principal')],
  ['investment.in', purpose('investment', 'own-money')],
  ['investment.out', purpose('investment', 'own-money')],
  ['shares.buy', purpose('investment', 'own-money')],
  ['shares.sell', purpose('investment', 'own-money')],
  ['own.restored', purpose('other', 'own-money')],
  ['loan.hustler.draw', purpose('loan', 'loan-principal')],
  ['savings.hustler', purpose('savings', 'own-money')],
  ['loan.hustler', purpose('loan', 'plain')],
  ['standing-order', purpose('paybill', 'plain')],
  ['fee.business-payment', purpose('charge', 'fee')],
  ['paybill.received', purpose('paybill', 'plain')],
  ['business-payment', purpose('business-payment', 'plain')],
  ['settlement.bank', purpose('settlement', 'own-money')],
  ['settlement.internal', purpose('settlement', 'own-money')],
  ['airtime.sold', purpose('airtime', 'plain')],
  ['loan.business.draw', purpose('loan', 'loan-principal')],
  ['loan.business.repay', purpose('loan', 'loan-principal')],
  ['loan.overdraft', purpose('loan', 'loan-principal')],
  ['till.transfer', purpose('till', 'plain')],
  ['transfer', purpose('other', 'plain')],
  ['other', purpose('other', 'plain')],
];

export const purposes: ReadonlyMap<string, Purpose> = new Map(
  rails.map(([name, rail]) => [name, { ...rail, meaning: meaningOf(name) }]),
);

function meaningOf(name: string): string {
  const meaning = meanings[name];
  if (meaning === undefined) throw new Error(`the purpose ${name} has no meaning`);
  return meaning.en;
}
