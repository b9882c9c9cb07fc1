/** Dynamic QR, standing orders, B2B Express prompts and Bill Manager. */
import { z } from 'zod';
import type { ShortcodeCredentials } from '../../db/shortcodes.ts';
import { toShillings } from '../../domain/daraja/amounts.ts';
import { nairobiText, type BusinessDate, type Instant } from '../../domain/time.ts';
import type { Cents } from '../../domain/money.ts';
import { rejected, type Answer } from './answer.ts';
import { call, looseText, type CallDependencies } from './call.ts';

export interface QrRequest {
  merchantName: string;
  reference: string;
  amountCents: Cents;
  /** Square, in pixels. */
  size: number;
}

const qrAnswer = z.object({ QRCode: z.string().min(1), RequestID: z.string().optional() });

/** A code that M-PESA's own app scans, as a base64 PNG. Its `ResponseCode` is never 0. */
export function qr(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  request: QrRequest,
): Promise<Answer<{ pngBase64: string }>> {
  return call(deps, cred, {
    api: 'qr',
    path: '/mpesa/qrcode/v1/generate',
    body: {
      MerchantName: request.merchantName,
      RefNo: request.reference,
      Amount: toShillings(request.amountCents),
      TrxCode: cred.kind === 'till' ? 'BG' : 'PB',
      CPI: cred.number,
      Size: String(request.size),
    },
    read: (body) => {
      const parsed = qrAnswer.safeParse(body);
      if (!parsed.success) return undefined;
      return { kind: 'accepted', value: { pngBase64: parsed.data.QRCode } };
    },
  });
}

/** Ratiba's numbers for how often money is taken. */
export const standingOrderFrequencies = {
  once: '1',
  daily: '2',
  weekly: '3',
  monthly: '4',
  'two-monthly': '5',
  quarterly: '6',
  'half-yearly': '7',
  yearly: '8',
} as const;

export interface StandingOrder {
  /** Unique per customer. */
  name: string;
  from: BusinessDate;
  to: BusinessDate;
  amountCents: Cents;
  msisdn: string;
  callbackUrl: string;
  /** Up to 12 characters. */
  accountReference: string;
  /** Up to 13 characters. */
  description: string;
  frequency: keyof typeof standingOrderFrequencies;
}

const ratibaAnswer = z.object({
  ResponseHeader: z.object({
    responseRefID: z.string().min(1),
    responseCode: looseText,
    responseDescription: z.string().optional().default(''),
  }),
});

/** Asks a customer to agree to payments that repeat. */
export function ratiba(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  order: StandingOrder,
): Promise<Answer<{ responseReference: string }>> {
  const isTill = cred.kind === 'till';
  return call(deps, cred, {
    api: 'ratiba',
    path: '/standingorder/v1/createStandingOrderExternal',
    body: {
      StandingOrderName: order.name,
      StartDate: order.from.replaceAll('-', ''),
      EndDate: order.to.replaceAll('-', ''),
      BusinessShortCode: cred.number,
      TransactionType: isTill
        ? 'Standing Order Customer Pay Marchant'
        : 'Standing Order Customer Pay Bill',
      ReceiverPartyIdentifierType: isTill ? '2' : '4',
      Amount: String(toShillings(order.amountCents)),
      PartyA: order.msisdn,
      CallBackURL: order.callbackUrl,
      AccountReference: order.accountReference,
      TransactionDesc: order.description,
      Frequency: standingOrderFrequencies[order.frequency],
    },
    read: (body) => {
      const parsed = ratibaAnswer.safeParse(body);
      if (!parsed.success) return undefined;
      const { responseCode, responseDescription, responseRefID } = parsed.data.ResponseHeader;
      if (responseCode !== '200') return rejected(responseCode, responseDescription);
      return { kind: 'accepted', value: { responseReference: responseRefID } };
    },
  });
}

export interface ExpressPrompt {
  /** The shortcode whose owner is prompted. */
  payer: string;
  amountCents: Cents;
  reference: string;
  callbackUrl: string;
  partnerName: string;
  /** Ours; the callback carries it back. */
  requestId: string;
}

const expressAnswer = z.object({ code: looseText, status: z.string().optional().default('') });

/** B2B Express: prompts the owner of another business to pay this one. */
export function b2bExpress(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  prompt: ExpressPrompt,
): Promise<Answer<{ status: string }>> {
  return call(deps, cred, {
    api: 'b2b-express',
    path: '/v1/ussdpush/get-msisdn',
    body: {
      primaryShortCode: prompt.payer,
      receiverShortCode: cred.number,
      amount: String(toShillings(prompt.amountCents)),
      paymentRef: prompt.reference,
      callbackUrl: prompt.callbackUrl,
      partnerName: prompt.partnerName,
      RequestRefID: prompt.requestId,
    },
    read: (body) => {
      const parsed = expressAnswer.safeParse(body);
      if (!parsed.success) return undefined;
      const { code, status } = parsed.data;
      return code === '0' ? { kind: 'accepted', value: { status } } : rejected(code, status);
    },
  });
}

const billAnswer = z.object({
  rescode: looseText,
  resmsg: z.string().optional().default(''),
  app_key: z.string().optional(),
});

export interface BillInvoice {
  externalReference: string;
  billedFullName: string;
  /** `07…`, as Bill Manager wants it. */
  billedPhoneNumber: string;
  /** `November 2026`. */
  billedPeriod: string;
  invoiceName: string;
  dueDate: BusinessDate;
  accountReference: string;
  amountCents: Cents;
  items: readonly { name: string; amountCents: Cents }[];
}

export interface BillManager {
  optIn(
    cred: ShortcodeCredentials,
    terms: {
      email: string;
      officialContact: string;
      sendReminders: boolean;
      callbackUrl: string;
    },
  ): Promise<Answer<{ appKey: string }>>;
  /** One invoice, or up to a thousand in one call. */
  invoice(
    cred: ShortcodeCredentials,
    appKey: string,
    invoices: readonly BillInvoice[],
  ): Promise<Answer<{ message: string }>>;
  /** Confirms a payment that Bill Manager pushed. */
  reconcile(
    cred: ShortcodeCredentials,
    appKey: string,
    payment: {
      paidAt: Instant;
      amountCents: Cents;
      accountReference: string;
      receipt: string;
      phoneNumber: string;
      fullName: string;
      invoiceName: string;
      externalReference: string;
    },
  ): Promise<Answer<{ message: string }>>;
  /** Withdraws invoices; those that were paid, even in part, are refused with 409. */
  cancel(
    cred: ShortcodeCredentials,
    appKey: string,
    externalReferences: readonly string[],
  ): Promise<Answer<{ message: string }>>;
}

export function billManager(deps: CallDependencies): BillManager {
  return {
    optIn: (cred, terms) =>
      call(deps, cred, {
        ...{ api: 'bill-optin', path: billPath('optin') },
        body: {
          shortcode: cred.number,
          email: terms.email,
          officialContact: terms.officialContact,
          sendReminders: terms.sendReminders ? '1' : '0',
          logo: '',
          callbackurl: terms.callbackUrl,
        },
        read: readBill(({ app_key: appKey }) => (appKey === undefined ? undefined : { appKey })),
      }),
    invoice: (cred, appKey, invoices) =>
      call(deps, cred, {
        api: 'bill-invoice',
        headers: { appKey },
        ...oneOrMany(invoices.map(toBillInvoice), ['single-invoicing', 'bulk-invoicing']),
        read: billMessage,
      }),
    reconcile: (cred, appKey, payment) =>
      call(deps, cred, {
        ...{ api: 'bill-reconcile', path: billPath('reconciliation'), headers: { appKey } },
        body: {
          paymentDate: nairobiText(payment.paidAt).slice(0, 10),
          paidAmount: shillingsText(payment.amountCents),
          accountReference: payment.accountReference,
          transactionId: payment.receipt,
          phoneNumber: payment.phoneNumber,
          fullName: payment.fullName,
          invoiceName: payment.invoiceName,
          externalReference: payment.externalReference,
        },
        read: billMessage,
      }),
    cancel: (cred, appKey, references) =>
      call(deps, cred, {
        api: 'bill-cancel',
        headers: { appKey },
        ...oneOrMany(
          references.map((externalReference) => ({ externalReference })),
          ['cancel-single-invoice', 'cancel-bulk-invoices'],
        ),
        read: billMessage,
      }),
  };
}

function billPath(name: string): string {
  return `/v1/billmanager-invoice/${name}`;
}

/** Bill Manager has an address for one and another one for many. */
function oneOrMany(bodies: readonly object[], [one, many]: readonly [string, string]) {
  const [first] = bodies;
  return bodies.length === 1 && first !== undefined
    ? { path: billPath(one), body: first }
    : { path: billPath(many), body: bodies };
}

function readBill<Value>(toValue: (body: z.output<typeof billAnswer>) => Value | undefined) {
  return (body: unknown): Answer<Value> | undefined => {
    const parsed = billAnswer.safeParse(body);
    if (!parsed.success) return undefined;
    if (parsed.data.rescode !== '200') return rejected(parsed.data.rescode, parsed.data.resmsg);
    const value = toValue(parsed.data);
    return value === undefined ? undefined : { kind: 'accepted', value };
  };
}

const billMessage = readBill(({ resmsg }) => ({ message: resmsg }));

function shillingsText(amount: Cents): string {
  return String(toShillings(amount));
}

function toBillInvoice({ amountCents, items, ...fields }: BillInvoice) {
  return {
    ...fields,
    amount: shillingsText(amountCents),
    invoiceItems: items.map((item) => ({
      itemName: item.name,
      amount: shillingsText(item.amountCents),
    })),
  };
}
