/** The pages that say where capabilities live name each one once, and only files that exist. */
import { existsSync, readFileSync } from 'node:fs';

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(2, '0')}`);
const pages = {
  'docs/ingestion.md': numbered('ING-', 19),
  'docs/api-checklist.md': numbered('A', 44),
  'docs/dashboard.md': [...numbered('D', 60), 'D83'],
  'docs/security-checklist.md': [
    ...[...numbered('HTTP-', 8), ...numbered('TEN-', 12), ...numbered('DB-', 5)],
    ...[...numbered('ID-', 12), ...numbered('SEC-', 8), ...numbered('WEB-', 3)],
    ...[...numbered('FLG-', 5), ...numbered('EDGE-', 6)],
  ],
};

function rowsOf(page: string): string[][] {
  const lines = readFileSync(page, 'utf8').split('\n');
  const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  return cells.filter(([, row]) => /^[A-Z]+-?\d+$/.test(row ?? ''));
}

describe.each(Object.entries(pages))('%s', (page, expected) => {
  const rows = rowsOf(page);

  test('has every row once, in order', () => {
    expect(rows.map(([, row]) => row)).toEqual(expected);
  });

  test('names files and folders that exist', () => {
    const named = rows.flatMap((cells) =>
      [...cells.join(' ').matchAll(/`([\w./-]+\/[\w./-]*)`/g)].map(([, file = '']) => file),
    );
    expect(named.length).toBeGreaterThan(rows.length);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  test('names a test for whatever is there', () => {
    const isOpen = (cells: readonly string[]) => cells[2] === 'open';
    const lacking = rows.filter(
      (cells) => !isOpen(cells) && !/`tests\/[\w./-]+\.test\.ts`/.test(cells.at(-2) ?? ''),
    );
    expect(lacking.map(([, row]) => row)).toEqual([]);
  });
});
