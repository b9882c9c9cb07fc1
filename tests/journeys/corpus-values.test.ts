/**
 * The bad-input list for statements through the public API, against real processes: odd values,
 * encodings, columns and texts (S19 to S29, S32). What can be stored comes back byte for byte, what
 * cannot is rejected with its line, and no text is ever run, fetched or shown as a card number.
 */
import { read } from '@e965/xlsx';
import { parse } from 'csv-parse/sync';
import { cardNumber, formulaDetails, receiptStem, smallExport } from '../support/bad-inputs.ts';
import { endsOfRow, statementOf } from '../support/corpus-endings.ts';
import { allOf, endingOf, type Ending, type Line } from '../support/corpus-run.ts';
import { openCorpusStage, type CorpusStage } from '../support/corpus-stage.ts';
import { naughtyStrings } from '../support/naughty-strings.ts';
import { historyOf, tablesWith } from '../support/traces.ts';

jest.setTimeout(400_000);

const rows = new Set([...Array.from({ length: 11 }, (_, at) => `S${at + 19}`), 'S32']);
let stage: CorpusStage;

beforeAll(async () => {
  stage = await openCorpusStage(rows);
}, 300_000);

afterAll(() => stage?.close(), 60_000);

const rowEnds = (id: string) => endsOfRow(stage, id);

interface Transaction {
  id: string;
  receipt: string;
  details: string;
  raw: string;
  counterparty: { name: string | null } | null;
}

function transactionsOf(statementId: string): Promise<Transaction[]> {
  return allOf<Transaction>(stage.client, `/v1/transactions?statementId=${statementId}`, 200);
}

/** One transaction with the row exactly as the file has it. */
async function detailOf(transactionId: string | null | undefined): Promise<Transaction> {
  const answer = await stage.client.get<Transaction>(`/v1/transactions/${transactionId}`);
  expect(answer.status).toBe(200);
  return answer.body;
}

function linesOf(endings: ReadonlyMap<string, Ending>, name: string): Line[] {
  return endings.get(name)?.lines ?? [];
}

/** The details of a line: the cell with its white space as single spaces. */
function spaced(cell: string): string {
  return cell.trim().replace(/\s+/g, ' ');
}

describe('values', () => {
  test('S19 receipts are brought to one spelling, or their rows are rejected with their lines', async () => {
    const ending = (await rowEnds('S19')).get('odd-receipts');

    const receipts = ending?.lines.slice(0, 2).map(({ receipt }) => receipt);
    expect(receipts).toEqual(['UCE7Q2XB01', 'UCE7Q2XB02']);
    expect(ending?.rejects.map(({ line }) => line)).toEqual([4, 5, 6, 7]);
  });

  test('S20 only the documented spellings of an amount are money', async () => {
    const ending = (await rowEnds('S20')).get('odd-amounts');

    expect(ending?.lines.slice(0, 3).map(({ inCents }) => inCents)).toEqual(Array(3).fill(100_000));
    expect(ending?.rejects.map(({ line }) => line)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(ending?.rejects[0]?.raw).toContain('1.000,00');
  });

  test('S21 an amount in both columns or in neither', async () => {
    const ending = (await rowEnds('S21')).get('both-and-neither');

    expect(ending?.rejects.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  test('S22 times no calendar has, in every wrong way; the others are Nairobi time', async () => {
    const endings = await rowEnds('S22');

    expect(endings.get('odd-dates')?.rejects.map(({ line }) => line)).toEqual(
      Array.from({ length: 8 }, (_, at) => at + 2),
    );
    expect(linesOf(endings, 'odd-dates').at(-1)?.completedAt).toBe('2026-03-14T07:01:00.000Z');
    const mapping = await stage.client.get(
      `/v1/statements/${statementOf(endings, 'day-or-month').id}/mapping`,
    );
    expect(mapping.status).toBe(200);
  });

  test('S23 a balance that is one cent off is named with its row', async () => {
    const endings = await rowEnds('S23');

    for (const name of endings.keys()) {
      const { checks, tamper } = statementOf(endings, name);
      const chain = checks.find((check) => check.name === 'balance-chain');
      expect(chain).toMatchObject({ outcome: 'failed' });
      expect(chain?.rows.length).toBeGreaterThan(0);
      expect(tamper.map(({ signal }) => signal)).toContain('balance-chain-broken');
    }
    const cent = statementOf(endings, 'one-cent-off');
    expect(JSON.stringify(cent.checks)).toContain('KES -0.01');
  });
});

describe('encodings, columns and shapes', () => {
  test('S24 every usual encoding gives the same letters', async () => {
    const endings = await rowEnds('S24');

    for (const name of ['utf8-bom', 'utf16le-bom', 'utf16be-bom', 'latin1']) {
      expect(linesOf(endings, name)[0]?.details).toContain('ANDRÉ ZOË');
    }
  });

  test('S25 repeated and missing columns are listed; added and moved ones do no harm', async () => {
    const endings = await rowEnds('S25');

    const detailOf = (name: string) => statementOf(endings, name).problemDetail;
    expect(detailOf('duplicate-header')).toContain('Paid In (KSHs)');
    expect(detailOf('missing-header')).toContain('Transaction Status');
    const totals = { inCents: 80_000, outCents: 0 };
    expect(statementOf(endings, 'extra-column').totals).toMatchObject(totals);
    expect(statementOf(endings, 'reordered-columns').totals).toMatchObject(totals);
    const localised = statementOf(endings, 'localised-header');
    const mapping = await stage.client.get<{ header: string[] }>(
      `/v1/statements/${localised.id}/mapping`,
    );
    expect(mapping.body.header).toContain('Zilizoingia');
  });

  test('S26 an open quotation mark, endless cells, columns and lines end soon', async () => {
    const endings = await rowEnds('S26');

    expect(statementOf(endings, 'unclosed-quote').problemDetail).toMatch(/quotation mark/);
    expect(statementOf(endings, 'field-of-50-megabytes').problemDetail).toMatch(/65536/);
    expect(statementOf(endings, 'ten-thousand-columns').problemDetail).toMatch(/10000 columns/);
    for (const { tookMs } of endings.values()) expect(tookMs).toBeLessThan(90_000);
  });

  test('S28 headings that every object has are refused by name and reach no prototype', async () => {
    const endings = await rowEnds('S28');
    expect(statementOf(endings, 'prototype-header').problemDetail).toContain('__proto__');
    expect(statementOf(endings, 'constructor-header').problemDetail).toContain('constructor');

    const { id } = statementOf(await rowEnds('S25'), 'localised-header');
    const columns = '{"__proto__":{"details":"Maelezo"},"completionTime":"Wakati"}';
    const polluting = JSON.parse(`{"mapping":{"columns":${columns}}}`) as unknown;
    const answer = await stage.client.post<{ code: string }>(
      `/v1/statements/${id}/mapping`,
      polluting,
    );
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-json' } });
    const named = {
      headerRow: 0,
      delimiter: ',',
      dateOrder: 'day-first',
      signRule: 'negative-is-out',
      columns: { completionTime: '__proto__', details: 'constructor', amount: 'toString' },
    };
    const unknown = await stage.client.post<{ code: string }>(`/v1/statements/${id}/mapping`, {
      mapping: named,
    });
    expect(unknown).toMatchObject({ status: 422, body: { code: 'columns' } });
  });
});

describe('texts', () => {
  test('S27 NUL and half characters reject their row; all other marks come back as they were', async () => {
    const endings = await rowEnds('S27');

    for (const name of ['nul-bytes', 'lone-surrogate']) {
      expect(endings.get(name)?.rejects).toMatchObject([{ page: 1, line: 2 }]);
      expect(endings.get(name)?.rejects[0]?.raw.isWellFormed()).toBe(true);
    }
    for (const [name, payer] of [
      ['right-to-left-override', 'WAN\u202eUKIJ'],
      ['zero-width', 'WAN\u200bJIKU'],
      ['homoglyphs', 'W\u0410NJIKU'],
    ] as const) {
      const [line] = linesOf(endings, name);
      expect(line?.details).toContain(`- ${payer} Acc.`);
      const { raw, details, counterparty } = await detailOf(line?.transactionId);
      expect([details, raw]).toEqual([line?.details, expect.stringContaining(`- ${payer} Acc.`)]);
      expect(counterparty?.name).toBe(payer);
    }
  });

  test('S29 formulas are stored as they are and exported as text', async () => {
    const endings = await rowEnds('S29');

    const cells = linesOf(endings, 'formula-cells');
    expect(cells.slice(0, formulaDetails.length).map(({ details }) => details)).toEqual(
      formulaDetails,
    );
    for (const [at, formula] of formulaDetails.entries()) {
      expect((await detailOf(cells[at]?.transactionId)).raw).toContain(` | ${formula} | `);
    }
    for (const [name, { lines }] of endings) {
      if (name === 'formula-cells') continue;
      const { raw } = await detailOf(lines[0]?.transactionId);
      const payer = /- ([=+\-@\t\r][\s\S]*) Acc\./.exec(raw)?.[1];
      expect({ name, payer }).toEqual({ name, payer: expect.any(String) });
      expect(lines[0]?.details).toContain(spaced(payer ?? '?'));
    }

    const { id } = statementOf(endings, 'formula-cells');
    const text = (
      await stage.download(`/v1/transactions/export?format=csv&statementId=${id}`)
    ).toString('utf8');
    for (const formula of formulaDetails) {
      expect(text).toContain(`"'${formula.replaceAll('"', '""')}"`);
    }
  });

  test('S29 no cell of an export of everything can be run, as CSV or as a workbook', async () => {
    await rowEnds('S29');

    const csv = await stage.download('/v1/transactions/export?format=csv');
    const records = parse(csv, { bom: true });
    expect(records.length).toBeGreaterThan(100);
    const isAmount = (cell: string) => /^-?\d+\.\d\d$/.test(cell);
    const runnable = records.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell) && !isAmount(cell));
    expect(runnable).toEqual([]);

    const book = read(await stage.download('/v1/transactions/export?format=xlsx'));
    const sheets = Object.values(book.Sheets).map((sheet) => Object.values(sheet));
    const formulas = sheets.flat().filter((cell) => typeof cell === 'object' && 'f' in cell);
    expect(sheets.flat().length).toBeGreaterThan(100);
    expect(formulas).toEqual([]);
  });

  test('S32 card numbers are masked everywhere, and the workers raise an alert', async () => {
    const endings = await rowEnds('S32');

    const spellings = ['', ' ', '-'].map((join) => (cardNumber.match(/\d{4}/g) ?? []).join(join));
    const ids = [...endings.keys()].map((name) => statementOf(endings, name).id);
    const shown = [JSON.stringify([...endings])];
    for (const id of ids) {
      const transactions = await transactionsOf(id);
      for (const { id: own } of transactions) shown.push(JSON.stringify(await detailOf(own)));
      const { workflowId } = (
        await stage.client.get<{ workflowId: string }>(`/v1/statements/${id}`)
      ).body;
      shown.push(await historyOf(stage.stack, workflowId));
    }
    shown.push((await stage.download('/v1/transactions/export?format=csv')).toString());
    const book = read(await stage.download('/v1/transactions/export?format=xlsx'));
    shown.push(JSON.stringify(book.Sheets));
    shown.push(stage.output());
    const everything = shown.join('\n');

    expect(everything).toContain('411111******1111');
    for (const spelling of spellings) {
      expect(everything.includes(spelling)).toBe(false);
      expect(await tablesWith(stage.stack, spelling)).toEqual([]);
    }
    const alerts = stage
      .output()
      .split('\n')
      .filter((line) => line.includes('"cardNumbersMasked"'));
    for (const id of ids) {
      const uuid = await uuidOf(id);
      expect(alerts.filter((line) => line.includes(uuid))).toHaveLength(1);
    }
    const metrics = await (await fetch(`${stage.workers.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^daftari_card_numbers_masked_total [1-9]/m);
  });

  test('S32 a card number in a column that has to be mapped is masked in the sample too', async () => {
    const table = `Tarehe,Maelezo,Kiasi\n14/03/2026,paid ${cardNumber},100.00\n`;
    const { statement } = await endingOf(stage.client, {
      bytes: new Uint8Array(Buffer.from(table)),
      fileName: 'mine.csv',
    });

    expect(statement?.status).toBe('waiting-mapping');
    const mapping = await stage.client.get(`/v1/statements/${statement?.id}/mapping`);
    expect(mapping.status).toBe(200);
    expect(JSON.stringify(mapping.body)).toContain('411111******1111');
    expect(JSON.stringify(mapping.body)).not.toContain(cardNumber);
  });

  test('texts that programs stumble over are stored and returned byte for byte', async () => {
    const stem = receiptStem('B03').slice(0, 7);
    const rowsOfTexts = naughtyStrings.map((details, at) => ({
      details,
      receipt: `${stem}${String(at).padStart(3, '0')}`,
    }));
    const { statement, lines, rejects } = await endingOf(stage.client, {
      bytes: smallExport('B04', rowsOfTexts),
      fileName: 'texts.csv',
    });

    expect(rejects).toEqual([]);
    expect(statement?.rowCount).toBe(naughtyStrings.length + 5);
    expect(lines.slice(0, naughtyStrings.length).map(({ details }) => details)).toEqual(
      naughtyStrings.map(spaced),
    );
    if (statement?.status === 'waiting-review') {
      await stage.client.post(`/v1/statements/${statement.id}/review`, { decision: 'post' });
    }
    await stage.client.settled(statement?.id ?? '');
    const posted = new Map(
      (await transactionsOf(statement?.id ?? '')).map((row) => [row.receipt, row] as const),
    );
    for (const { details, receipt } of rowsOfTexts) {
      const found = await detailOf(posted.get(receipt)?.id);
      expect(found.details).toBe(spaced(details));
      expect(found.raw).toContain(`${receipt} | `);
      expect(found.raw).toContain(` | ${details} | Completed`);
    }
  });

  test('the same texts as search words never break an answer', async () => {
    for (const text of naughtyStrings) {
      const q = encodeURIComponent(text);
      for (const path of [`/v1/transactions?q=${q}`, `/v1/statements?q=${q}`]) {
        const answer = await stage.client.get<{ code?: string }>(path);
        const isFine = answer.status === 200 || (answer.status >= 400 && answer.status < 500);
        expect({ text, path: path.slice(0, 20), isFine }).toMatchObject({ isFine: true });
      }
    }
  });
});

/** The database's spelling of a statement's public id. */
async function uuidOf(publicId: string): Promise<string> {
  const { body } = await stage.client.get<{ sha256: string }>(`/v1/statements/${publicId}`);
  const [row] = await stage.stack.database.asOwner(
    'select id from shared.statements where sha256 = $1',
    [body.sha256],
  );
  return String(row?.['id']);
}

test('at the end nothing is lost, left behind, restarted or answered with 5xx', async () => {
  expect(await stage.damage()).toEqual([]);
  expect(stage.trapCalls()).toEqual([]);
});
