/** The page of faults names every fault once and only tests that exist, with the cases it means. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

interface Proof {
  file: string;
  title: string;
  /** The row of a table of cases, where the page means one of them. */
  row: string | undefined;
}

interface Cell {
  fault: string;
  codes: string[];
  proofs: Proof[];
}

const codes = ['R', 'D', 'U', 'H', 'B', 'Q', 'L', 'V', '–', 'open'];
const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

/** The lists of the page, by the first word of their headings. */
function listsOf(page: string): Map<string, Cell[]> {
  const parts = page.split(/^## /m).slice(1);
  return new Map(parts.map((part) => [/^\S+/.exec(part)?.[0] ?? '', cellsOf(part)]));
}

function cellsOf(part: string): Cell[] {
  return part
    .split(/^- /m)
    .slice(1)
    .map((item) => {
      const [, fault = item, given = ''] = /^\*\*(\w+)\*\* ([^:]+): /.exec(item) ?? [];
      const proofs = [...item.matchAll(/^ {2}- `([^`]+)`: (.+)$/gm)].map(([, file = '', text]) => {
        const [title = '', row] = (text ?? '').split(' › ');
        return { file, title, row };
      });
      return { fault, codes: given.split(', '), proofs };
    });
}

interface Texts {
  titles: Set<string>;
  all: Set<string>;
}

const read = new Map<string, Texts>();

/** The titles of the tests of a file, and every text in it. */
function textsOf(file: string): Texts {
  const known = read.get(file);
  if (known !== undefined) return known;
  const texts: Texts = { titles: new Set(), all: new Set() };
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.all.add(node.text);
    if (ts.isCallExpression(node) && startsTest(node.expression)) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) texts.titles.add(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  read.set(file, texts);
  return texts;
}

/** Whether an expression is `test` or what hangs on it: `test.each(…)`, `test.concurrent`. */
function startsTest(expression: ts.Expression): boolean {
  if (ts.isIdentifier(expression)) return expression.text === 'test';
  if (ts.isPropertyAccessExpression(expression)) {
    return expression.name.text !== 'skip' && startsTest(expression.expression);
  }
  return ts.isCallExpression(expression) && startsTest(expression.expression);
}

const lists = listsOf(readFileSync('docs/fault-matrix.md', 'utf8'));

test.each([
  ['P1', numbered('F', 28)],
  ['P2', numbered('F', 28)],
  ['P3', numbered('F', 28)],
  ['Callbacks', numbered('C', 24)],
])('the list %s has every fault once, each with its outcome', (name, faults) => {
  const cells = lists.get(name) ?? [];

  expect(cells.map(({ fault }) => fault)).toEqual(faults);
  const unknown = cells.filter((cell) =>
    cell.codes.some((code) => !codes.includes(code) && !/^\d{3}$/.test(code)),
  );
  expect(unknown).toEqual([]);
});

test('a cell is proven, cannot happen, or is called open', () => {
  const unproven = [...lists.values()]
    .flat()
    .filter(({ codes: given, proofs }) => {
      if (given.includes('open')) return given.length > 1 || proofs.length > 0;
      return proofs.length === 0 && !given.includes('–');
    })
    .map(({ fault }) => fault);

  expect(unproven).toEqual([]);
});

test('every test that is named exists in its file', () => {
  const missing = [...lists.values()]
    .flat()
    .flatMap(({ proofs }) => proofs)
    .filter(({ file, title, row }) => {
      const texts = textsOf(file);
      return !texts.titles.has(title) || (row !== undefined && !texts.all.has(row));
    });

  expect(missing).toEqual([]);
});
