/** The kinds of movement a reading can name, with what follows from each. */
import type { Channel } from './terms.ts';

/** What kind of money a purpose moves; `request` moves none. */
export type Nature = 'plain' | 'fee' | 'own-money' | 'loan-principal' | 'request';

export interface Purpose {
  channel: Channel;
  nature: Nature;
  /** Completes the sentence "“Pay Bill to” means …". */
  meaning: string;
}

function purpose(channel: Channel, nature: Nature, meaning: string): Purpose {
  return { channel, nature, meaning };
}

export const purposes: ReadonlyMap<string, Purpose> = new Map([
  ['reversal', purpose('reversal', 'plain', 'an earlier movement being reversed')],
  ['fee.send', purpose('charge', 'fee', 'the charge for sending money')],
  ['fee.paybill', purpose('charge', 'fee', 'the charge for a pay bill payment')],
  ['fee.till', purpose('charge', 'fee', 'the charge for a till payment')],
  ['fee.withdraw', purpose('charge', 'fee', 'the charge for a withdrawal')],
  ['fee.other', purpose('charge', 'fee', 'a charge')],
  ['loan.fuliza.draw', purpose('loan', 'loan-principal', 'Fuliza lending the missing amount')],
  ['loan.fuliza.repay', purpose('loan', 'loan-principal', 'Fuliza taking back what it lent')],
  ['send', purpose('send-money', 'plain', 'money sent to a person')],
  ['send.card', purpose('card', 'plain', 'money sent to a person by card')],
  ['pochi', purpose('pochi', 'plain', 'a payment to a trader on Pochi')],
  ['pochi.received', purpose('pochi', 'plain', 'money taken by a trader on Pochi')],
  ['receive', purpose('receive-money', 'plain', 'money received from a person')],
  ['business-payout', purpose('business-payment', 'plain', 'money paid out by a business')],
  ['salary', purpose('business-payment', 'plain', 'a salary')],
  ['promotion', purpose('business-payment', 'plain', 'a promotion or winnings')],
  ['bank.in', purpose('bank', 'plain', 'money moved from a bank to M-PESA')],
  ['remittance.in', purpose('international', 'plain', 'money received from abroad')],
  ['remittance.out', purpose('international', 'plain', 'money sent abroad')],
  ['send.other-network', purpose('other-network', 'plain', 'money sent to another network')],
  [
    'receive.other-network',
    purpose('other-network', 'plain', 'money received from another network'),
  ],
  ['loan.hustler.repay', purpose('loan', 'loan-principal', 'a Hustler Fund loan being repaid')],
  ['paybill', purpose('paybill', 'plain', 'a payment to a pay bill number')],
  ['card.purchase', purpose('card', 'plain', 'a purchase with the M-PESA card')],
  ['paybill.card', purpose('card', 'plain', 'a payment to a pay bill number by card')],
  ['till', purpose('till', 'plain', 'a payment to a till')],
  ['till.card', purpose('card', 'plain', 'a payment to a till by card')],
  ['till.received', purpose('till', 'plain', 'money taken by a till')],
  ['withdraw.agent', purpose('agent', 'plain', 'cash taken out at an agent')],
  ['withdraw.atm', purpose('atm', 'plain', 'cash taken out at an ATM')],
  ['deposit.agent', purpose('agent', 'plain', 'cash put in at an agent')],
  ['airtime', purpose('airtime', 'plain', 'airtime bought')],
  ['airtime.other', purpose('airtime', 'plain', 'airtime bought for another number')],
  ['bundles', purpose('bundles', 'plain', 'a bundle bought')],
  ['savings.locked', purpose('savings', 'own-money', 'money moving to or from locked savings')],
  ['loan.mshwari.draw', purpose('loan', 'loan-principal', 'an M-Shwari loan paid out')],
  ['loan.mshwari.repay', purpose('loan', 'loan-principal', 'an M-Shwari loan being repaid')],
  [
    'loan.mshwari.request',
    purpose('loan', 'request', 'a request for an M-Shwari loan, which moves no money'),
  ],
  ['savings.in', purpose('savings', 'own-money', 'money put into savings')],
  ['savings.out', purpose('savings', 'own-money', 'money taken out of savings')],
  ['loan.kcb.draw', purpose('loan', 'loan-principal', 'a KCB M-PESA loan paid out')],
  ['loan.kcb.repay', purpose('loan', 'loan-principal', 'a KCB M-PESA loan being repaid')],
  [
    'loan.kcb.request',
    purpose('loan', 'request', 'a request for a KCB M-PESA loan, which moves no money'),
  ],
  ['savings.target', purpose('savings', 'own-money', 'money moving to or from target savings')],
  ['loan.term.draw', purpose('loan', 'loan-principal', 'a term loan paid out')],
  ['loan.term.repay', purpose('loan', 'loan-principal', 'a term loan being repaid')],
  ['investment.in', purpose('investment', 'own-money', 'money invested in a fund')],
  ['investment.out', purpose('investment', 'own-money', 'money taken out of a fund')],
  ['shares.buy', purpose('investment', 'own-money', 'shares bought')],
  ['shares.sell', purpose('investment', 'own-money', 'shares sold')],
  ['own.restored', purpose('other', 'own-money', 'the owner’s archived money coming back')],
  ['loan.hustler.draw', purpose('loan', 'loan-principal', 'a Hustler Fund loan paid out')],
  [
    'savings.hustler',
    purpose('savings', 'own-money', 'money moving to or from Hustler Fund savings'),
  ],
  ['loan.hustler', purpose('loan', 'plain', 'money moving to or from the Hustler Fund')],
  ['standing-order', purpose('paybill', 'plain', 'a standing order')],
  ['fee.business-payment', purpose('charge', 'fee', 'the charge for a payout')],
  ['paybill.received', purpose('paybill', 'plain', 'money collected by pay bill')],
  ['business-payment', purpose('business-payment', 'plain', 'money paid out to a customer')],
  ['settlement.bank', purpose('settlement', 'own-money', 'money moved to the owner’s bank')],
  [
    'settlement.internal',
    purpose('settlement', 'own-money', 'money moving between the owner’s own accounts'),
  ],
  ['airtime.sold', purpose('airtime', 'plain', 'airtime sold by the till')],
  ['loan.business.draw', purpose('loan', 'loan-principal', 'a business loan paid out')],
  ['loan.business.repay', purpose('loan', 'loan-principal', 'a business loan being repaid')],
  [
    'loan.overdraft',
    purpose('loan', 'loan-principal', 'the business overdraft lending or taking back'),
  ],
  ['till.transfer', purpose('till', 'plain', 'a payment between tills')],
  ['transfer', purpose('other', 'plain', 'a transfer of funds')],
  ['other', purpose('other', 'plain', 'something the catalogue does not know')],
]);
