/**
 * Calls made in the name of the initiator: money out, and questions about money. Each is only
 * accepted here; its result comes to the result address.
 */
import { z } from 'zod';
import type { ShortcodeCredentials } from '../../db/shortcodes.ts';
import { toShillings } from '../../domain/daraja/amounts.ts';
import { darajaWords } from '../../domain/daraja/answer-phrases.ts';
import type { Cents } from '../../domain/money.ts';
import { rejected, type Answer } from './answer.ts';
import { call, looseText, readBy, type CallDependencies } from './call.ts';
import { securityCredential } from './security-credential.ts';

/** Where the result and the notice of a timeout in Daraja's queue go. */
export interface ResultUrls {
  resultUrl: string;
  timeoutUrl: string;
}

export interface InitiatorAccepted {
  conversationId: string;
  originatorConversationId: string;
}

const accepted = z.object({
  ConversationID: z.string().min(1),
  OriginatorConversationID: z.string().min(1),
  ResponseCode: looseText,
});

interface InitiatorCall {
  api: string;
  path: string;
  /** B2C spells the field its own way. */
  nameField?: 'Initiator' | 'InitiatorName';
  body: object;
  urls: ResultUrls;
}

/** Makes the call unless the initiator was stopped: each wrong try moves it towards lock-out. */
async function initiatorCall(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  { api, path, nameField = 'Initiator', body, urls }: InitiatorCall,
): Promise<Answer<InitiatorAccepted>> {
  if (cred.initiatorStopCode !== null) {
    const words = darajaWords('initiator-stopped', { code: cred.initiatorStopCode });
    return rejected('initiator-stopped', words, { isConfiguration: true });
  }
  if (cred.initiatorName === '' || cred.initiatorPassword === '') {
    return rejected('initiator-missing', darajaWords('initiator-missing'), {
      isConfiguration: true,
    });
  }
  const certificate = await deps.certificate().catch(() => undefined);
  if (certificate === undefined) return { kind: 'not-sent', cause: 'refused-connection' };
  return call(deps, cred, {
    ...{ api, path },
    body: {
      [nameField]: cred.initiatorName,
      SecurityCredential: securityCredential(certificate, cred.initiatorPassword),
      ...body,
      QueueTimeOutURL: urls.timeoutUrl,
      ResultURL: urls.resultUrl,
    },
    read: readBy(accepted, (answer) => ({
      conversationId: answer.ConversationID,
      originatorConversationId: answer.OriginatorConversationID,
    })),
  });
}

export interface B2cPayment extends ResultUrls {
  /** Ours, unique per payout: the idempotency key. */
  originatorConversationId: string;
  commandId: 'BusinessPayment' | 'SalaryPayment' | 'PromotionPayment';
  amountCents: Cents;
  msisdn: string;
  /** 2–100 characters. */
  remarks: string;
  occasion?: string;
}

/** Pays a phone. Daraja may not know a repeat: never send it twice. */
export function b2c(deps: CallDependencies, cred: ShortcodeCredentials, payment: B2cPayment) {
  const path = '/mpesa/b2c/v3/paymentrequest';
  return payPhone(deps, cred, { ...payment, path, api: 'b2c' });
}

/** Pays the business wallet of a phone. */
export function b2Pochi(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  payment: Omit<B2cPayment, 'commandId'>,
) {
  const path = '/mpesa/b2pochi/v1/paymentrequest';
  return payPhone(deps, cred, {
    ...{ ...payment, path, api: 'b2pochi' },
    commandId: 'BusinessPayToPochi',
  });
}

function payPhone(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  payment: Omit<B2cPayment, 'commandId'> & { commandId: string; path: string; api: string },
) {
  return initiatorCall(deps, cred, {
    ...{ api: payment.api, path: payment.path, nameField: 'InitiatorName', urls: payment },
    body: {
      OriginatorConversationID: payment.originatorConversationId,
      CommandID: payment.commandId,
      Amount: toShillings(payment.amountCents),
      PartyA: cred.number,
      PartyB: payment.msisdn,
      Remarks: payment.remarks,
      ...(payment.occasion === undefined ? {} : { Occassion: payment.occasion }),
    },
  });
}

export interface B2bPayment extends ResultUrls {
  commandId:
    | 'BusinessPayBill'
    | 'BusinessBuyGoods'
    | 'BusinessPayToBulk'
    | 'BusinessTransferFromMMFToUtility';
  amountCents: Cents;
  /** The shortcode that receives. */
  receiver: string;
  /** Up to 13 characters. */
  accountReference: string;
  remarks: string;
  /** MSISDN of whom it is paid for. */
  requester?: string;
}

/** Pays another shortcode, or moves money between the tenant's own accounts. */
export function b2b(deps: CallDependencies, cred: ShortcodeCredentials, payment: B2bPayment) {
  return payShortcode(deps, cred, { ...payment, api: 'b2b', path: '/mpesa/b2b/v1/paymentrequest' });
}

/** KRA's collection shortcode, the only receiver of tax remittances. */
const taxReceiver = '572572';

/** Pays tax; the account reference is the payment registration number (PRN). */
export function remitTax(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  payment: Omit<B2bPayment, 'commandId' | 'receiver' | 'accountReference'> & { prn: string },
) {
  return payShortcode(deps, cred, {
    ...payment,
    ...{ api: 'remit-tax', path: '/mpesa/b2b/v1/remittax', commandId: 'PayTaxToKRA' },
    ...{ receiver: taxReceiver, accountReference: payment.prn },
  });
}

function payShortcode(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  payment: Omit<B2bPayment, 'commandId'> & { commandId: string; api: string; path: string },
) {
  return initiatorCall(deps, cred, {
    ...{ api: payment.api, path: payment.path, urls: payment },
    body: {
      CommandID: payment.commandId,
      SenderIdentifierType: '4',
      RecieverIdentifierType: '4',
      Amount: toShillings(payment.amountCents),
      PartyA: cred.number,
      PartyB: payment.receiver,
      AccountReference: payment.accountReference,
      Remarks: payment.remarks,
      ...(payment.requester === undefined ? {} : { Requester: payment.requester }),
    },
  });
}

export interface StatusQuestion extends ResultUrls {
  /** A receipt, or the originator conversation id of the request in doubt. */
  about: { receipt: string } | { originatorConversationId: string };
  remarks: string;
}

/** Asks what became of a payment; the fate is in the result, not in the answer. */
export function transactionStatus(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  question: StatusQuestion,
) {
  const { about } = question;
  return initiatorCall(deps, cred, {
    ...{ api: 'status', path: '/mpesa/transactionstatus/v1/query', urls: question },
    body: {
      CommandID: 'TransactionStatusQuery',
      ...('receipt' in about
        ? { TransactionID: about.receipt }
        : { OriginalConversationID: about.originatorConversationId }),
      PartyA: cred.number,
      IdentifierType: '4',
      Remarks: question.remarks,
      Occasion: '',
    },
  });
}

/** Asks for the balances of the shortcode. Daraja sends this result once, without repeats. */
export function accountBalance(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  question: ResultUrls & { remarks: string },
) {
  return initiatorCall(deps, cred, {
    ...{ api: 'balance', path: '/mpesa/accountbalance/v1/query', urls: question },
    body: {
      CommandID: 'AccountBalance',
      PartyA: cred.number,
      IdentifierType: cred.kind === 'till' ? '2' : '4',
      Remarks: question.remarks,
    },
  });
}

export interface ReversalRequest extends ResultUrls {
  receipt: string;
  amountCents: Cents;
  remarks: string;
}

/** Takes a received payment back to its payer; payments out cannot be reversed this way. */
export function reverse(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  reversal: ReversalRequest,
) {
  return initiatorCall(deps, cred, {
    ...{ api: 'reversal', path: '/mpesa/reversal/v1/request', urls: reversal },
    body: {
      CommandID: 'TransactionReversal',
      TransactionID: reversal.receipt,
      Amount: toShillings(reversal.amountCents),
      ReceiverParty: cred.number,
      RecieverIdentifierType: '11',
      Remarks: reversal.remarks,
    },
  });
}
