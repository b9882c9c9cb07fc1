import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readArguments, UsageError } from '../../../simulators/statements/arguments.ts';
import { listText } from '../../../simulators/statements/help.ts';
import { mutationNames } from '../../../simulators/statements/mutations/catalogue.ts';
import { layoutNames } from '../../../simulators/statements/truth.ts';

const entry = resolve(__dirname, '../../../simulators/statements/generate.ts');

describe('the arguments', () => {
  test('become options', () => {
    const words =
      'statement --layout till --rows 12 --months 2 --seed 9 --from 2026-01-01 --cipher aes-256 ' +
      '--password 1 --mutate edited-amount,removed-row --mutate re-saved --out x.pdf';
    expect(readArguments(words.split(' '))).toMatchObject({
      wants: 'file',
      out: 'x.pdf',
      options: {
        layout: 'till',
        rows: 12,
        months: 2,
        seed: 9,
        from: '2026-01-01',
        cipher: 'aes-256',
        password: '1',
        mutations: ['edited-amount', 'removed-row', 're-saved'],
      },
    });
  });

  test.each([
    ['', 'statement'],
    ['statement --out x', '--layout is missing'],
    ['statement --layout till', '--out FILE is missing'],
    ['statement --layout visa --out x', 'personal-a'],
    ['statement --layout till --out x --rows many', '--rows'],
    ['statement --layout till --out x --from 2026-02-30', '--from'],
    ['statement --layout till --out x --mutate nothing', 'edited-amount'],
    ['statement --layout till --out x --cipher rot13', 'rc4-40'],
    ['statement --layout till --out x --window-from 2026-01-01', '--window-to'],
    ['statement extra --layout till --out x', 'extra'],
    ['statement --unknown', '--unknown'],
  ])('%j are refused with what would be right: %s', (words, message) => {
    const read = () => readArguments(words.split(' ').filter((word) => word !== ''));
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });
});

test('the list names every layout and every mutation', () => {
  const listed = listText();
  const missing = [...layoutNames, ...mutationNames()].filter(
    (name) => !listed.includes(`  ${name} `),
  );
  expect(missing).toEqual([]);
});

describe('the command', () => {
  test('writes the file and the truth beside it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'daftari-generate-'));
    try {
      const out = join(folder, 'march.csv');
      const words = ['statement', '--layout', 'newer-csv', '--rows', '20', '--out', out];
      execFileSync(process.execPath, [entry, ...words]);
      const truth: unknown = JSON.parse(readFileSync(`${out}.truth.json`, 'utf8'));
      expect(truth).toMatchObject({ layout: 'newer-csv', rowCount: 20 });
      expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(22);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [['statement', '--layout', 'nothing', '--out', 'x']],
    [['statement', '--layout', 'newer-csv', '--rows', '2', '--mutate', 'scanned', '--out', 'x']],
  ])('ends with 2 and a reason when it cannot do %j', (words) => {
    const { status, stderr } = spawnSync(process.execPath, [entry, ...words], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/must be one of|cannot be applied/);
  });
});
