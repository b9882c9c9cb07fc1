/**
 * The examples of the guide: each is a block of `sh` or `ts`, and the block behind it is what comes
 * out. `…` in a text stands for anything, fields may be left out, and lists may be cut short.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Example {
  /** The first line of its code, which says enough. */
  name: string;
  language: 'sh' | 'ts';
  code: string;
  expected: { language: 'json' | 'http' | 'text'; text: string };
}

/** The examples of a page; throws for code that says nothing of what comes out. */
export function examplesOf(markdown: string): Example[] {
  const blocks = [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', text = '']) => ({ language, text }),
  );
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== 'sh' && language !== 'ts') return [];
    const result = blocks[index + 1];
    const shown = result?.language;
    if (result === undefined || (shown !== 'json' && shown !== 'http' && shown !== 'text')) {
      throw new Error(`nothing is said of what comes out of: ${text}`);
    }
    const expected = { language: shown, text: result.text } as const;
    return [{ name: text.split('\n', 1)[0] ?? '', language, code: text, expected }];
  });
}

const lastsAtMostMs = 50_000;

/**
 * Runs code in a folder, as somebody would who copied it; answers what it printed, and fails when it
 * fails.
 */
export async function runExample(
  { language, code }: Pick<Example, 'language' | 'code'>,
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<string> {
  const file = join(folder, language === 'ts' ? 'example.mts' : 'example.sh');
  await writeFile(file, code);
  const [program, options] = language === 'ts' ? [process.execPath, []] : ['sh', ['-eu']];
  return outputOf(program, [...options, file], { folder, environment });
}

function outputOf(
  program: string,
  words: readonly string[],
  { folder, environment }: { folder: string; environment: Readonly<Record<string, string>> },
): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  const options = { cwd: folder, env, timeout: lastsAtMostMs };
  return new Promise((resolve, reject) => {
    execFile(program, [...words], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
    });
  });
}

/** What of the expected output is not in the output, in words; empty when all of it is. */
export function differences({ language, text }: Example['expected'], output: string): string[] {
  if (language === 'text') return fits(text.trim(), output.trim(), 'the output');
  if (language === 'json') return fits(JSON.parse(text), JSON.parse(output), '');
  const [expected, actual] = [readHttp(text), readHttp(output)];
  const headers = [...expected.headers].flatMap(([name, value]) =>
    fits(value, actual.headers.get(name), name),
  );
  const body =
    expected.body === '' ? [] : fits(JSON.parse(expected.body), JSON.parse(actual.body), '');
  return [...fits(expected.status, actual.status, 'the status'), ...headers, ...body];
}

function readHttp(text: string): { status: string; headers: Map<string, string>; body: string } {
  const [head = '', ...rest] = text.replaceAll('\r\n', '\n').split('\n\n');
  const [status = '', ...lines] = head.trim().split('\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: status.trim(), headers: new Map(headers), body: rest.join('\n\n').trim() };
}

function fits(expected: unknown, actual: unknown, path: string): string[] {
  const isList = Array.isArray(expected);
  if (isList && Array.isArray(actual)) {
    return expected.flatMap((item, index) => {
      const isThere = actual.some((one) => fits(item, one, '').length === 0);
      return isThere ? [] : [`${path}/${index} is not among ${JSON.stringify(actual)}`];
    });
  }
  if (isRecord(expected) && isRecord(actual)) {
    return Object.entries(expected).flatMap(([name, value]) =>
      fits(value, actual[name], `${path}/${name}`),
    );
  }
  const isEqual =
    typeof expected === 'string' && typeof actual === 'string'
      ? patternOf(expected).test(actual)
      : expected === actual;
  return isEqual ? [] : [`${path}: ${JSON.stringify(actual)} where it says ${String(expected)}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function patternOf(text: string): RegExp {
  const parts = text.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^]*')}$`);
}
