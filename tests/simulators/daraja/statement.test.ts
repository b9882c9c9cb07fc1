import type { GeneratedStatement } from '../../../simulators/statements/statement.ts';
import { judgeStatement } from '../statements/judge-statement.ts';
import { openBench, payer } from './bench-client.ts';
import type { Bench, Json } from './bench-client.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
  await bench.admin('POST', '/shortcodes', { number: '600984', kind: 'paybill', bouquet: 'mgao' });
  for (const amount of [1500, 40, 700.5, 12_345]) {
    await bench.admin('POST', '/pay', {
      shortcode: '600984',
      msisdn: payer,
      amountCents: Math.round(amount * 100),
      accountReference: `INV ${amount}`,
    });
    await bench.advance(61_000);
  }
  await bench.push({ BusinessShortCode: '174379', Amount: 999 });
  await bench.post('/mpesa/b2c/v3/paymentrequest', {
    OriginatorConversationID: 'out-1',
    InitiatorName: 'twin-initiator',
    SecurityCredential: bench.credential(),
    CommandID: 'SalaryPayment',
    Amount: 3000,
    PartyA: '600984',
    PartyB: payer,
    Remarks: 'pay',
    QueueTimeOutURL: `${bench.receiver.url}/t`,
    ResultURL: `${bench.receiver.url}/r`,
  });
  await bench.advance(60_000);
});

afterAll(() => bench.close());

async function judged(query: string) {
  const response = await fetch(`${bench.twin.adminUrl}/statement?${query}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const truth = { format: 'organisation-classic', layout: 'classic-csv' };
  return judgeStatement({ bytes, fileName: 'x.csv', truth } as GeneratedStatement);
}

test('our own reader proves the statement of every account to the cent', async () => {
  for (const query of [
    'shortcode=600984',
    'shortcode=174379&from=2026-11-14&to=2026-11-15',
    'shortcode=600984&account=Charges Paid Account',
  ]) {
    const { report, lines, rejects } = await judged(query);

    expect(rejects).toEqual([]);
    expect(lines.length).toBeGreaterThan(0);
    expect(report.verdict).toBe('proven');
  }
});

test('the statement, the pull and the book tell the same payments', async () => {
  const { lines } = await judged('shortcode=600984');
  const { transactions } = (await bench.admin(
    'GET',
    '/book?shortcode=600984&status=completed',
  )) as { transactions: { kind: string; receipt: string; amountCents: number }[] };
  const { body } = await bench.post('/pulltransactions/v1/query', {
    ShortCode: '600984',
    StartDate: '2026-11-14 00:00:00',
    EndDate: '2026-11-14 23:59:59',
    OffSetValue: '0',
  });
  const received = transactions.filter(({ kind }) => kind === 'c2b');
  const [pulled = []] = body['Response'] as Json[][];

  expect(received).toHaveLength(4);
  expect(pulled.map(({ transactionId, amount }) => [transactionId, Number(amount) * 100])).toEqual(
    received.map(({ receipt, amountCents }) => [receipt, amountCents]),
  );
  const statement = lines.filter(({ inCents }) => inCents > 0);
  expect(new Map(statement.map(({ receipt, inCents }) => [receipt, inCents]))).toEqual(
    new Map(received.map(({ receipt, amountCents }) => [receipt, amountCents])),
  );
});
