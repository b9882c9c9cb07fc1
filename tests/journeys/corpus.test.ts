/**
 * The bad-input list for statements through the public API, against real processes: bad files, bad
 * requests and repeated uploads (S1 to S18, S30, S31). Each ends exactly as the table says, nothing
 * is lost, nothing is answered with 5xx, and the processes are the same ones at the end.
 */
import { cardNumber, receiptStem, smallExport } from '../support/bad-inputs.ts';
import { badRequests, formNamed, slowRequests, vanishing } from '../support/bad-requests.ts';
import { endsOfRow, statementOf } from '../support/corpus-endings.ts';
import { allOf, endingOf, type FullStatement } from '../support/corpus-run.ts';
import { openCorpusStage, type CorpusStage } from '../support/corpus-stage.ts';
import type { RawAnswer } from '../support/raw-http.ts';
import { historyOf, tablesWith } from '../support/traces.ts';
import { demoLogin } from '../../scripts/demo-tenant.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import { overlappingPair } from '../../simulators/statements/corpus/generated-inputs.ts';

jest.setTimeout(400_000);

const rows = new Set([...Array.from({ length: 18 }, (_, at) => `S${at + 1}`), 'S30']);
let stage: CorpusStage;
let slow: Promise<RawAnswer[]>;

beforeAll(async () => {
  stage = await openCorpusStage(rows);
  slow = Promise.all(slowRequests.map(({ request }) => stage.raw(request)));
}, 300_000);

afterAll(() => stage?.close(), 60_000);

const rowEnds = (id: string) => endsOfRow(stage, id);

/** Checks that failed and signals that were found, by name. */
function findingsOf({ checks, tamper }: FullStatement) {
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  return { failed: failed.map(({ name }) => name), signals: tamper.map(({ signal }) => signal) };
}

async function expectAlive(): Promise<void> {
  expect((await stage.client.get('/v1/me')).status).toBe(200);
  expect([stage.gateway.isAlive(), stage.workers.isAlive()]).toEqual([true, true]);
}

describe('what is refused at the door', () => {
  test('S1 an empty file', async () => {
    await rowEnds('S1');
  });

  test('S2 a file one byte over the cap; the connection ends and nothing of it is kept', async () => {
    await rowEnds('S2');

    const liar = await stage.raw({
      headers: ['Content-Type: application/pdf', 'Content-Length: 99999999999'],
    });
    expect(liar).toMatchObject({ status: 413, code: 'file-too-large', isClosed: true });
    expect(await stage.orphanUploads()).toBe(0);
  });

  test('S3 a program, a page, a picture and an archive under the name of a PDF', async () => {
    await rowEnds('S3');
  });

  test('S30 archives: bombs, names that lead outside, links, nesting and thousands of parts', async () => {
    const endings = await rowEnds('S30');

    expect(statementOf(endings, 'zip-bomb-xlsx').problemDetail).toMatch(/too large/);
    expect(statementOf(endings, 'zip-slip-xlsx').problemDetail).toMatch(/outside/);
    expect(statementOf(endings, 'symbolic-link-xlsx').problemDetail).toMatch(/link/);
    expect(statementOf(endings, 'nested-xlsx').problemDetail).toMatch(/inside/);
    expect(statementOf(endings, 'many-entries-xlsx').problemDetail).toMatch(/parts/);
    expect(statementOf(endings, 'workbook-named-pdf-pdf').mediaKind).toBe('xlsx');
  });

  test.each(badRequests)('S31 $name', async ({ request, status, code }) => {
    expect(await stage.raw(request)).toMatchObject({ status, code });
    expect(await stage.orphanUploads()).toBe(0);
  });

  test('S31 a body that hardly moves is given up after a quarter of a minute', async () => {
    const answers = await slow;

    expect(answers).toMatchObject(
      slowRequests.map(({ status, code }) => ({ status, code, isClosed: true })),
    );
    expect(Math.min(...answers.map(({ tookMs }) => tookMs))).toBeGreaterThan(14_000);
  });

  test('S31 a client that vanishes in the middle leaves nothing', async () => {
    expect(await stage.raw(vanishing)).toMatchObject({ status: 0, isClosed: true });
    expect(await stage.orphanUploads()).toBe(0);
  });

  test.each([
    ['with folders', '../../x.csv', 'x.csv', 'N01'],
    ['with folders of another system', '..\\..\\windows\\x.csv', 'x.csv', 'N02'],
    ['that is a path', '/etc/passwd', 'passwd', 'N03'],
    ['of four thousand characters', `${'n'.repeat(4_000)}.csv`, 'n'.repeat(200), 'N04'],
    ['that is a card number', `${cardNumber}.csv`, '411111******1111.csv', 'N05'],
  ])('S31 a name %s is only a label', async (_kind, given, shown, mark) => {
    const answer = await stage.raw(formNamed(given, smallExport(mark, [])));

    expect(answer.status).toBe(202);
    const { statement } = JSON.parse(answer.body) as { statement: FullStatement };
    expect(statement.fileName).toBe(shown);
    expect((await stage.client.settled(statement.id)).status).toBe('posted');
    expect(await tablesWith(stage.stack, cardNumber)).toEqual([]);
  });

  test('S31 a name with a NUL byte is refused', async () => {
    const answer = await stage.raw(formNamed('a\0b.csv', smallExport('N06', [])));

    expect(answer).toMatchObject({ status: 400, code: 'malformed-multipart' });
  });
});

describe('locked files', () => {
  test('S4 none, wrong and right password; each cipher opens', async () => {
    await rowEnds('S4');
  });

  test('S4 five tries, and the password is in no log, no history and no table', async () => {
    const secret = `Kifunguo-${stage.mark}`;
    const wrong = `Sio-hii-${stage.mark}`;
    const options = { layout: 'personal-b', seed: 471, rows: 30, months: 1 } as const;
    const file = await generateStatement({ ...options, password: secret });
    const other = await generateStatement({ ...options, seed: 472, password: secret });

    const { statement } = await endingOf(stage.client, { ...file, password: `${wrong}-0` });
    expect(statement).toMatchObject({ status: 'waiting-password', problem: 'password-wrong' });
    const path = `/v1/statements/${statement?.id}/password`;
    for (const triesLeft of [3, 2, 1, 0]) {
      const answer = await stage.client.post(path, { password: `${wrong}-${triesLeft}` });
      expect(answer).toMatchObject({ status: 200, body: { accepted: false, triesLeft } });
    }
    const late = await stage.client.post(path, { password: secret });
    expect(late).toMatchObject({ status: 409, body: { code: 'not-waiting' } });
    const refused = await stage.client.settled(statement?.id ?? '');
    expect(refused).toMatchObject({ status: 'refused', problem: 'password-wrong' });
    const opened = await endingOf(stage.client, { ...other, password: secret });
    expect(opened.statement).toMatchObject({ status: 'posted', rowCount: other.truth.rowCount });

    const histories = await Promise.all(
      [refused, opened.statement].map((view) => historyOf(stage.stack, view?.workflowId ?? '')),
    );
    // The searches below see what they look through: clear payloads, logs and tables.
    expect(histories.join()).toMatch(/ingestStatement[\s\S]*"statementId":/);
    expect(stage.output()).toContain('statementJudged');
    expect(await tablesWith(stage.stack, demoLogin.email)).toEqual(['platform.users']);
    for (const text of [secret, wrong]) {
      expect(histories.filter((history) => history.includes(text))).toEqual([]);
      expect(stage.output()).not.toContain(text);
      expect(await tablesWith(stage.stack, text)).toEqual([]);
    }
  });
});

describe('hostile and damaged documents', () => {
  test('S5 documents that inflate or repeat themselves end, and the API answers meanwhile', async () => {
    await rowEnds('S5');
    await expectAlive();
  });

  test('S6 circles of pages, forms and fonts', async () => {
    await rowEnds('S6');
  });

  test('S7 fragments and shifted references are repaired whole or refused', async () => {
    await rowEnds('S7');
  });

  test('S8 ten thousand pages and a million operators reach their limits', async () => {
    const endings = await rowEnds('S8');

    const { problemDetail } = statementOf(endings, 'million-text-operators');
    expect(problemDetail).toMatch(/more text than|too long|too much memory/);
  });

  test('S9 a bomb inside a bomb costs one child and nothing else', async () => {
    const endings = await rowEnds('S9');

    const { problemDetail } = statementOf(endings, 'flate-bomb-in-bomb');
    expect(problemDetail).toMatch(/too long|too much memory/);
    await expectAlive();
  });

  test('S10 scripts, launches, addresses, forms: only text is read, and the carrier is named', async () => {
    const endings = await rowEnds('S10');

    for (const name of endings.keys()) {
      expect(findingsOf(statementOf(endings, name)).signals).toContain('active-content');
    }
    expect(stage.trapCalls()).toEqual([]);
  });

  test('S11 a program in a font matrix is not run', async () => {
    await rowEnds('S11');
    expect(stage.trapCalls()).toEqual([]);
  });

  test('S12 pictures of pages', async () => {
    await rowEnds('S12');
  });

  test('S13 the statement of another institution', async () => {
    await rowEnds('S13');
  });

  test('S14 missing, swapped and joined pages are flagged at their rows', async () => {
    for (const [, { statement }] of await rowEnds('S14')) {
      const chain = statement?.checks.find(({ name }) => name === 'balance-chain');
      expect(chain?.outcome).toBe('failed');
      expect(chain?.rows.length).toBeGreaterThan(0);
      expect(chain?.rows[0]?.receipt).toMatch(/^[A-Z0-9]{10}$/);
    }
  });

  test('S15 a file cut at nine tenths is never taken for whole', async () => {
    await rowEnds('S15');
  });
});

describe('the same again', () => {
  test('S16 twice, renamed, and by two people at once: one statement', async () => {
    const bytes = smallExport('D01', []);
    const second = await stage.secondUser();
    const together = await Promise.all(
      [stage.client, second, stage.client, second].map((person, at) =>
        person.upload({ bytes, fileName: `copy-${at}.csv` }),
      ),
    );
    const id = together[0]?.body.statement.id ?? '';
    await stage.client.settled(id);
    const later = await second.upload({ bytes, fileName: 'renamed.csv' });

    expect(together.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 202]);
    expect(new Set(together.map(({ body }) => body.statement.id)).size).toBe(1);
    expect(later).toMatchObject({ status: 200, body: { duplicate: true, statement: { id } } });
    const rows = await allOf(stage.client, `/v1/transactions?statementId=${id}`, 200);
    expect(rows).toHaveLength(5);
  });

  test('S17 overlapping statements add only what is new, and say how much that is', async () => {
    await rowEnds('S17');
    const [first, second] = await overlappingPair();
    if (first === undefined || second === undefined) throw new Error('there is no pair');
    const one = await endingOf(stage.client, { ...first, fileName: 'first.csv' });
    const shifted = await stage.ended('overlapping-period-classic-csv');

    const known = new Set(second.truth.rows.map(({ receipt }) => receipt));
    const fresh = first.truth.rows.filter(
      (row) => !known.has(row.receipt) && row.inCents + row.outCents > 0,
    );
    expect(fresh.length).toBeGreaterThan(20);
    expect(one.statement).toMatchObject({ status: 'posted', rowCount: first.truth.rowCount });
    expect(one.statement?.newRowCount).toBe(fresh.length);
    expect(shifted.statement?.rowCount).toBe(second.truth.rowCount);
  });

  test('S18 one receipt with two amounts in one file is an alarm at its rows', async () => {
    const endings = await rowEnds('S18');

    const statement = statementOf(endings, 'duplicate-receipt-other-amount-classic-csv');
    expect(findingsOf(statement)).toEqual({
      failed: ['duplicate-receipts'],
      signals: expect.arrayContaining(['receipt-amount-conflict']),
    });
  });

  test('S18 one receipt with two amounts in two files waits for a person, and both papers stay', async () => {
    const stem = receiptStem('C01');
    const honest = await endingOf(stage.client, {
      bytes: smallExport('C01', [{ receipt: `${stem}99` }]),
      fileName: 'first.csv',
    });
    const other = await endingOf(stage.client, {
      bytes: smallExport('C01', [{ receipt: `${stem}99`, paidIn: '150.00', balance: '650.00' }]),
      fileName: 'second.csv',
    });

    expect(honest.statement).toMatchObject({ status: 'posted', verdict: 'proven' });
    expect(other.statement).toMatchObject({ status: 'waiting-review', newRowCount: 0 });
    const [conflict] = other.statement?.tamper ?? [];
    expect(conflict).toMatchObject({ signal: 'receipt-amount-conflict', severity: 'alarm' });
    expect(conflict?.rows).toMatchObject([{ page: 1, line: 2, receipt: `${stem}99` }]);
    const post = { decision: 'post' };
    await stage.client.post(`/v1/statements/${other.statement?.id}/review`, post);
    const after = await stage.client.settled(other.statement?.id ?? '');
    expect(after).toMatchObject({ status: 'posted', newRowCount: 1 });
    const rows = await stage.stack.database.asOwner(
      'select amount_cents::int as cents from shared.transactions where receipt = $1 order by 1',
      [`${stem}99`],
    );
    expect(rows).toEqual([{ cents: 10_000 }, { cents: 15_000 }]);
  });

  test('S18 two files that contradict each other and arrive together do not both look clean', async () => {
    const receipt = `${receiptStem('C02')}99`;
    const files = ['100', '175'].map((amount) => ({
      bytes: smallExport('C02', [
        { receipt, paidIn: `${amount}.00`, balance: `${Number(amount) + 500}.00` },
      ]),
      fileName: `${amount}.csv`,
    }));

    const endings = await Promise.all(files.map((file) => endingOf(stage.client, file)));

    const signals = endings.flatMap(({ statement }) => statement?.tamper ?? []);
    expect(signals.map(({ signal }) => signal)).toContain('receipt-amount-conflict');
  });
});

test('at the end nothing is lost, left behind, restarted or answered with 5xx', async () => {
  expect(await stage.damage()).toEqual([]);
  expect(stage.trapCalls()).toEqual([]);
});
