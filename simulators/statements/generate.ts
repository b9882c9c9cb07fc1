/**
 * Command line of the statement generator:
 * `npm run generate -- statement --layout personal-a --rows 300 --out march.pdf`
 * writes the file and, beside it, `march.pdf.truth.json`. `--help` and `--list` explain the rest.
 */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readArguments, UsageError } from './arguments.ts';
import { helpText, listText } from './help.ts';
import { generateStatement } from './statement.ts';

async function main(words: readonly string[]): Promise<void> {
  const request = readArguments(words);
  if (request.wants === 'help') return print(helpText());
  if (request.wants === 'list') return print(listText());
  const { options, out } = request;
  const generated = await generateStatement(options).catch((cause: unknown) => {
    if (cause instanceof RangeError) throw new UsageError(cause.message);
    throw cause;
  });
  const path = resolve(out);
  await writeFile(path, generated.bytes);
  await writeFile(`${path}.truth.json`, `${JSON.stringify(generated.truth, undefined, 1)}\n`);
  const { rowCount, pageCount } = generated.truth;
  print(`${path}: ${rowCount} rows on ${pageCount} page(s); the truth is beside it.\n`);
}

function print(text: string): void {
  process.stdout.write(text);
}

main(process.argv.slice(2)).catch((cause: unknown) => {
  if (cause instanceof UsageError) {
    process.stderr.write(`${cause.message}\nTry: npm run generate -- --help\n`);
    process.exitCode = 2;
    return;
  }
  process.stderr.write(
    `${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`,
  );
  process.exitCode = 1;
});
