import { createListener, frameTexts } from '../../../activities/parser/frames.ts';
import { readWholeStatement } from '../../../activities/parser/whole-statement.ts';
import { cents } from '../../../domain/money.ts';
import type { StatementLine } from '../../../domain/statements/terms.ts';
import { generateStatement } from '../../../simulators/statements/statement.ts';
import { chunksOf, csvOptions } from './samples.ts';

/** What the parent makes of the texts a child writes for these lines. */
function heard(lines: StatementLine[]): unknown {
  const listen = createListener();
  return frameTexts({ t: 'lines', lines }).map(listen).at(-1);
}

async function someLines(): Promise<StatementLine[]> {
  const { bytes } = await generateStatement({ layout: 'classic-csv', rows: 300, seed: 7 });
  return (await readWholeStatement(chunksOf(Buffer.from(bytes)), csvOptions)).lines;
}

describe('lines out of the cage', () => {
  let lines: StatementLine[];
  beforeAll(async () => {
    lines = await someLines();
  });

  test('arrive as they were packed, also with what few of them have', () => {
    const rare = lines.map((line) => ({
      ...line,
      ...{ attemptedCents: cents(1), linkedReceipt: 'UKE0000001', subAccount: 'Ünterkonto' },
      balanceCents: undefined,
      reading: { ...line.reading, counterparty: undefined },
    }));
    expect(lines.length).toBeGreaterThan(200);
    expect(heard(lines)).toEqual({ t: 'lines', lines });
    expect(heard(rare)).toEqual({ t: 'lines', lines: rare });
  });

  test('carry what a phrase says about its rows once, and text that is as narrow as the file’s', () => {
    const [sayings = '', rows = ''] = frameTexts({ t: 'lines', lines });
    const reasons = new Set(lines.map(({ reading }) => reading.reason));
    expect(sayings.split('“').length - 1).toBeGreaterThanOrEqual(reasons.size);
    expect(JSON.parse(sayings).sayings.length).toBeLessThan(lines.length / 4);
    expect(rows).not.toContain('“');
  });

  test.each([
    ['no list', { t: 'lines', lines: {} }],
    ['a line that is none', { t: 'lines', lines: ['x'] }],
    ['a saying that was not said', { t: 'lines', lines: [[7, null, 0, 1, 1, 'raw', 'R']] }],
    [
      'an amount that is no count',
      { t: 'lines', lines: [[0, null, 0, 1, 1, 'r', 'R', 't', 'd', 's', 0.5, 0]] },
    ],
  ])('are nonsense with %s', (_, frame) => {
    const listen = createListener();
    expect(listen(JSON.stringify({ t: 'sayings', sayings: [{ purpose: 'x' }] }))).toBeDefined();
    expect(listen(JSON.stringify(frame))).toBeUndefined();
  });
});
