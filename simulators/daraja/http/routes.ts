/** Which path belongs to which API. */
import { accountBalance } from '../apis/account-balance.ts';
import { b2b, remitTax } from '../apis/b2b.ts';
import { b2bExpress } from '../apis/b2b-express.ts';
import * as bills from '../apis/bill-manager.ts';
import { b2c, b2Pochi } from '../apis/b2c.ts';
import { registerUrls, simulate } from '../apis/c2b.ts';
import { generateToken } from '../apis/oauth.ts';
import { pullPayments, registerPull } from '../apis/pull.ts';
import { generateQr } from '../apis/qr.ts';
import { createStandingOrder } from '../apis/ratiba.ts';
import { reversal } from '../apis/reversal.ts';
import { stkPush } from '../apis/stk-push.ts';
import { stkQuery } from '../apis/stk-query.ts';
import { transactionStatus } from '../apis/transaction-status.ts';
import type { Api } from '../terms.ts';
import type { Handler } from './call.ts';

export interface Route {
  api: Api;
  version: number;
  methods: readonly string[];
  handler: Handler;
  /** The field named when the body is not JSON, as the provider names one. */
  firstField: string;
}

const post = ['POST'] as const;

function on(api: Api, handler: Handler, firstField: string, version = 1): Route {
  return { api, handler, firstField, version, methods: post };
}

export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    '/oauth/v1/generate',
    { api: 'oauth', version: 1, methods: ['GET'], handler: generateToken, firstField: '' },
  ],
  ['/mpesa/stkpush/v1/processrequest', on('stk-push', stkPush, 'BusinessShortCode')],
  ['/mpesa/stkpushquery/v1/query', on('stk-query', stkQuery, 'BusinessShortCode')],
  ['/mpesa/c2b/v1/registerurl', on('c2b-register', registerUrls, 'ShortCode')],
  ['/mpesa/c2b/v2/registerurl', on('c2b-register', registerUrls, 'ShortCode', 2)],
  ['/mpesa/c2b/v1/simulate', on('c2b-pay', simulate, 'ShortCode')],
  ['/mpesa/c2b/v2/simulate', on('c2b-pay', simulate, 'ShortCode', 2)],
  ['/mpesa/b2c/v1/paymentrequest', on('b2c', b2c, 'InitiatorName')],
  ['/mpesa/b2c/v3/paymentrequest', on('b2c', b2c, 'InitiatorName', 3)],
  ['/mpesa/b2pochi/v1/paymentrequest', on('b2pochi', b2Pochi, 'InitiatorName', 3)],
  ['/mpesa/transactionstatus/v1/query', on('transaction-status', transactionStatus, 'Initiator')],
  ['/mpesa/accountbalance/v1/query', on('account-balance', accountBalance, 'Initiator')],
  ['/mpesa/reversal/v1/request', on('reversal', reversal, 'Initiator')],
  ['/mpesa/b2b/v1/paymentrequest', on('b2b', b2b, 'Initiator')],
  ['/mpesa/b2b/v1/remittax', on('tax', remitTax, 'Initiator')],
  ['/v1/ussdpush/get-msisdn', on('b2b-express', b2bExpress, 'primaryShortCode')],
  ['/pulltransactions/v1/register', on('pull-register', registerPull, 'ShortCode')],
  [
    '/pulltransactions/v1/query',
    { ...on('pull', pullPayments, 'ShortCode'), methods: ['GET', 'POST'] },
  ],
  ['/mpesa/qrcode/v1/generate', on('qr', generateQr, 'MerchantName')],
  [
    '/standingorder/v1/createStandingOrderExternal',
    on('ratiba', createStandingOrder, 'StandingOrderName'),
  ],
  ...Object.entries({
    optin: bills.optIn,
    'change-optin-details': bills.changeOptIn,
    'single-invoicing': bills.sendInvoice,
    'bulk-invoicing': bills.sendInvoices,
    'cancel-single-invoice': bills.cancelInvoice,
    'cancel-bulk-invoices': bills.cancelInvoices,
    reconciliation: bills.reconcile,
  }).map(([name, handler]): [string, Route] => [
    `/v1/billmanager-invoice/${name}`,
    on('bill-manager', handler, 'shortcode'),
  ]),
]);
