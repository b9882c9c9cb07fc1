/** The fixture server answers like the API: everything it sends passes the API's own schemas. */
import type { ZodType } from 'zod';
import { accountList } from '../../api/accounts/schema.ts';
import { overview, patterns } from '../../api/analytics/schema.ts';
import { breachList, houseBreachList } from '../../api/breaches/schema.ts';
import { me, session } from '../../api/auth/schema.ts';
import {
  collectionDetail,
  collectionPage,
  collectionSummary,
} from '../../api/collections/schema.ts';
import { disbursementDetail, disbursementPage } from '../../api/disbursements/schema.ts';
import { limitsView } from '../../api/limits/schema.ts';
import { operation } from '../../api/operations/schema.ts';
import { mappingPreview, mappingProposal } from '../../api/statements/mapping-schema.ts';
import {
  acceptedStatement,
  statement,
  statementLinePage,
  statementPage,
  statementRejectPage,
  undoPreview,
} from '../../api/statements/schema.ts';
import {
  linkedPayments,
  transactionDetail,
  transactionPage,
  transactionSummary,
} from '../../api/transactions/schema.ts';
import { invoiceDetail, invoicePage, invoiceSummary } from '../../api/invoices/schema.ts';
import { payPage, paymentLinkPage } from '../../api/payment-links/schema.ts';
import {
  collectionBatch,
  collectionBatchPage,
  collectionBatchRowPage,
} from '../../api/collection-batches/schema.ts';
import { batchRowPage, payoutBatch, payoutBatchPage } from '../../api/payouts/schema.ts';
import { refundPage } from '../../api/reversals/schema.ts';
import {
  deskSummary,
  receivedPaymentDetail,
  receivedPaymentPage,
} from '../../api/unallocated/schema.ts';
import { noticePage, unreadNotices } from '../../api/notices/schema.ts';
import { searchAnswer } from '../../api/search/schema.ts';
import { publicId } from './support/fixture-rows.ts';
import { startFixtureServer, type FixtureServer } from './support/fixture-server.ts';

let server: FixtureServer;
let token: string;

beforeAll(async () => {
  server = await startFixtureServer({ distFolder: '.', stepMs: 1, rowCount: 300 });
  const answer = await post('/v1/sessions', {
    email: 'demo@daftari.test',
    password: 'karibu-daftari-2026',
  });
  token = session.parse(answer).accessToken;
});
afterAll(() => server.close());

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return response.json();
}

async function read(path: string): Promise<unknown> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${server.url}${path}`, { headers });
  return response.json();
}

const aStatementPath = (number: number): string => `/v1/statements/${publicId('stm', number)}`;
const answers: readonly (readonly [path: string, schema: ZodType])[] = [
  ['/v1/me', me],
  ['/v1/accounts', accountList],
  ['/v1/breaches', breachList],
  ['/v1/platform/breaches', houseBreachList],
  ['/v1/overview?from=2026-11-01&to=2026-11-21&compare=previous', overview],
  ['/v1/overview/patterns?from=2026-11-01&to=2026-11-21', patterns],
  ['/v1/statements?limit=25&sort=-createdAt', statementPage],
  ...[1, 2, 3, 4, 5, 6, 7].map((number) => [aStatementPath(number), statement] as const),
  [`${aStatementPath(1)}/lines?limit=50`, statementLinePage],
  [`${aStatementPath(2)}/rejects?limit=50`, statementRejectPage],
  [`${aStatementPath(5)}/mapping`, mappingProposal],
  [`${aStatementPath(1)}/undo-preview`, undoPreview],
  [`/v1/operations/${publicId('op', 1)}`, operation],
  ['/v1/collections?limit=50', collectionPage],
  ['/v1/collections/summary', collectionSummary],
  ...[1, 2, 3, 4, 5, 6].map(
    (number) => [`/v1/collections/${publicId('col', number)}`, collectionDetail] as const,
  ),
  ['/v1/refunds?limit=100', refundPage],
  ['/v1/disbursements?limit=50', disbursementPage],
  ...[1, 2, 3, 4].map(
    (number) => [`/v1/disbursements/${publicId('dis', number)}`, disbursementDetail] as const,
  ),
  ['/v1/payout-batches', payoutBatchPage],
  ...[1, 2, 3].map(
    (number) => [`/v1/payout-batches/${publicId('pob', number)}`, payoutBatch] as const,
  ),
  [`/v1/payout-batches/${publicId('pob', 3)}/rows`, batchRowPage],
  ['/v1/collection-batches', collectionBatchPage],
  [`/v1/collection-batches/${publicId('cbt', 2)}`, collectionBatch],
  [`/v1/collection-batches/${publicId('cbt', 2)}/rows`, collectionBatchRowPage],
  ['/v1/received-payments', receivedPaymentPage],
  ['/v1/received-payments/summary', deskSummary],
  [`/v1/received-payments/${publicId('rcv', 3)}`, receivedPaymentDetail],
  ['/v1/payment-links', paymentLinkPage],
  ['/v1/invoices', invoicePage],
  ['/v1/invoices/summary', invoiceSummary],
  [`/v1/invoices/${publicId('inv', 2)}`, invoiceDetail],
  ['/v1/pay/invoice', payPage],
  ['/v1/pay/abc', payPage],
  [`/v1/pay/abc?request=${publicId('col', 2)}`, payPage],
  ['/v1/search?q=kamau', searchAnswer],
  ['/v1/notices', noticePage],
  ['/v1/notices/unread', unreadNotices],
  ['/v1/limits', limitsView],
  ['/v1/transactions?limit=200', transactionPage],
  ['/v1/transactions/summary?direction=in', transactionSummary],
  [`/v1/transactions/${publicId('txn', 1)}`, transactionDetail],
  [`/v1/transactions/${publicId('txn', 1)}/payments`, linkedPayments],
];

test.each(answers)('GET %s answers as the API declares', async (path, schema) => {
  const parsed = schema.safeParse(await read(path));

  expect(parsed.error?.issues ?? []).toEqual([]);
});

test('a mapping preview answers as the API declares', async () => {
  const answer = await post(`${aStatementPath(5)}/mapping/preview`, {});

  expect(mappingPreview.safeParse(answer).error?.issues ?? []).toEqual([]);
});

test('an upload is accepted as the API declares', async () => {
  const form = new FormData();
  form.set('file', new File(['x'], 'contract.pdf'));
  const response = await fetch(`${server.url}/v1/statements`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: form,
  });

  expect(acceptedStatement.safeParse(await response.json()).error?.issues ?? []).toEqual([]);
});
