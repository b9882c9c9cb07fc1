/** What a command says: results on stdout, what goes on meanwhile on stderr. */

export interface Column<Row> {
  title: string;
  of: (row: Row) => string;
  isNumber?: boolean;
}

interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
}

export interface ScreenOptions {
  isJson: boolean;
  isQuiet: boolean;
  stdout: Terminal;
  stderr: Terminal;
  env: Readonly<Record<string, string | undefined>>;
}

const shades = { good: 32, bad: 31, waiting: 33 } as const;
const escape = '\u001b[';

export class Screen {
  readonly #options: ScreenOptions;
  #isOnProgress = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  /** One thing: its text for people, itself as JSON, or its id alone when it is to be quiet. */
  show(value: object, text: string, id = ''): void {
    const { isJson, isQuiet } = this.#options;
    if (isJson) this.#print(JSON.stringify(value));
    else if (!isQuiet) this.#print(text);
    else if (id !== '') this.#print(id);
  }

  /** A list as a table, as JSON line by line, or as ids; empty lists say so on stderr. */
  list<Row extends { id: string }>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
    const { isJson, isQuiet } = this.#options;
    if (isJson) for (const row of rows) this.#print(JSON.stringify(row));
    else if (isQuiet) for (const { id } of rows) this.#print(id);
    else if (rows.length === 0) this.note('nothing found');
    else this.#print(tableOf(rows, columns));
  }

  /** What goes on; on a terminal it replaces what went on before. */
  progress(text: string): void {
    const { isQuiet, stderr } = this.#options;
    if (isQuiet) return;
    if (stderr.isTTY !== true) return void stderr.write(`${text}\n`);
    stderr.write(`\r${escape}2K${text}`);
    this.#isOnProgress = true;
  }

  /** A sentence that is no result. */
  note(text: string): void {
    if (!this.#options.isQuiet) this.fail(text);
  }

  /** A sentence that is said however quiet it is to be. */
  fail(text: string): void {
    this.#endProgress();
    this.#options.stderr.write(`${text}\n`);
  }

  /** A status in its colour, where colours are wanted (https://no-color.org). */
  shade(text: string, shade: keyof typeof shades): string {
    const { stdout, env } = this.#options;
    const isPlain = stdout.isTTY !== true || (env['NO_COLOR'] ?? '') !== '';
    return isPlain ? text : `${escape}${shades[shade]}m${text}${escape}0m`;
  }

  #print(text: string): void {
    this.#endProgress();
    this.#options.stdout.write(`${text}\n`);
  }

  #endProgress(): void {
    if (this.#isOnProgress) this.#options.stderr.write(`\r${escape}2K`);
    this.#isOnProgress = false;
  }
}

function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ of }) => printable(of(row)))),
  ];
  const widths = columns.map((_column, at) =>
    Math.max(...cells.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return columns[at]?.isNumber === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}

/** Names come from outside; on a terminal, control characters in them would be commands. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
}
