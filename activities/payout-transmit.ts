/** One payout as the one call to the provider that its kind needs. */
import type { Disbursement } from '../db/disbursements.ts';
import type { ShortcodeCredentials } from '../db/shortcodes.ts';
import type { Answer, Daraja, InitiatorAccepted, ResultUrls } from './daraja/client.ts';

const commands = {
  'business-payment': 'BusinessPayment',
  'salary-payment': 'SalaryPayment',
  'promotion-payment': 'PromotionPayment',
} as const;

/** Makes the call; a payee that does not fit its kind is our bug and is thrown. */
export function transmit(
  daraja: Daraja,
  credentials: ShortcodeCredentials,
  { payout, urls }: { payout: Disbursement; urls: ResultUrls },
): Promise<Answer<InitiatorAccepted>> {
  const { kind, payee, amountCents } = payout;
  const remarks = remarksOf(payout);
  const money = { amountCents, remarks, ...urls };
  const { originatorId: originatorConversationId } = payout;
  if (payee.kind === 'msisdn') {
    const { msisdn } = payee;
    if (kind === 'pochi') {
      return daraja.b2Pochi(credentials, { ...money, originatorConversationId, msisdn });
    }
    if (kind in commands) {
      const commandId = commands[kind as keyof typeof commands];
      return daraja.b2c(credentials, { ...money, originatorConversationId, msisdn, commandId });
    }
  }
  if (payee.kind === 'pay-bill' && kind === 'pay-bill') {
    const { number: receiver, accountReference } = payee;
    const commandId = 'BusinessPayBill';
    return daraja.b2b(credentials, { ...money, commandId, receiver, accountReference });
  }
  if (payee.kind === 'till' && kind === 'buy-goods') {
    // A till has no accounts, but the field may not be empty: ours is what the payout ends with.
    const to = { receiver: payee.number, accountReference: payout.id.slice(-12) };
    return daraja.b2b(credentials, { ...money, ...to, commandId: 'BusinessBuyGoods' });
  }
  if (payee.kind === 'tax' && kind === 'tax') {
    return daraja.remitTax(credentials, { ...money, prn: payee.registrationNumber });
  }
  if (payee.kind === 'payer' && kind === 'reversal') {
    return daraja.reverse(credentials, { ...money, receipt: payee.receipt });
  }
  throw new TypeError(`a ${kind} cannot be paid to a ${payee.kind}`);
}

/** M-PESA wants 2 to 100 characters. */
function remarksOf({ remarks }: Disbursement): string {
  return remarks.length < 2 ? 'Payment' : remarks.slice(0, 100);
}
