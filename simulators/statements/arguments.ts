/** Reads the command line of the generator into options. */
import { parseArgs } from 'node:util';
import { parseBusinessDate } from '../../domain/time.ts';
import type { BusinessDate } from '../../domain/time.ts';
import type { Cipher, CsvShape } from './draft.ts';
import { mutationNames, parseMutationName } from './mutations/catalogue.ts';
import type { MutationName } from './mutations/catalogue.ts';
import type { StatementOptions } from './options.ts';
import { layoutNames } from './truth.ts';

/** The command was not understood; the message says which word and what would be right. */
export class UsageError extends Error {}

export type Request =
  { wants: 'help' } | { wants: 'list' } | { wants: 'file'; options: StatementOptions; out: string };

export const ciphers: readonly Cipher[] = ['rc4-40', 'rc4-128', 'aes-128', 'aes-256'];
export const encodings: readonly CsvShape['encoding'][] = ['utf-8', 'windows-1252', 'utf-16le'];
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const known = {
  layout: text,
  rows: text,
  months: text,
  seed: text,
  from: text,
  'window-from': text,
  'window-to': text,
  password: text,
  cipher: text,
  mutate: { type: 'string', multiple: true },
  'no-borders': flag,
  'no-balance': flag,
  till: flag,
  'bank-shape': text,
  name: text,
  encoding: text,
  bom: flag,
  crlf: flag,
  delimiter: text,
  out: text,
  list: flag,
  help: flag,
} as const;

type Values = ReturnType<typeof parse>['values'];

function parse(words: readonly string[]) {
  return parseArgs({ args: [...words], options: known, allowPositionals: true, strict: true });
}

/** Reads the words after the program's name; throws a UsageError for anything it does not know. */
export function readArguments(words: readonly string[]): Request {
  const { values, positionals } = parseOrExplain(words);
  if (values.help === true) return { wants: 'help' };
  if (values.list === true) return { wants: 'list' };
  const [subject, ...rest] = positionals;
  if (subject !== 'statement') throw new UsageError('The first word must be: statement');
  if (rest.length > 0) throw new UsageError(`Unexpected word: ${rest.join(' ')}`);
  if (values.out === undefined) throw new UsageError('--out FILE is missing');
  return { wants: 'file', options: optionsFrom(values), out: values.out };
}

function parseOrExplain(words: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(words);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

function optionsFrom(values: Values): StatementOptions {
  if (values.layout === undefined) throw new UsageError('--layout is missing');
  const window = windowFrom(values);
  return {
    layout: oneOf('layout', values.layout, layoutNames),
    ...definedOnly({
      rows: wholeNumber('rows', values.rows),
      months: wholeNumber('months', values.months),
      seed: wholeNumber('seed', values.seed),
      from: date('from', values.from),
      window,
      password: values.password,
      holderName: values.name,
      cipher: values.cipher === undefined ? undefined : oneOf('cipher', values.cipher, ciphers),
    }),
    mutations: (values.mutate ?? []).flatMap((list) => list.split(',')).map(mutation),
    borders: values['no-borders'] !== true,
    balanceColumn: values['no-balance'] !== true,
    organisation: values.till === true ? 'till' : 'paybill',
    bankShape: oneOf('bank-shape', values['bank-shape'] ?? 'equity', ['equity', 'kcb'] as const),
    csv: csvFrom(values),
  };
}

function csvFrom(values: Values): CsvShape {
  const delimiter = values.delimiter === 'tab' ? '\t' : (values.delimiter ?? ',');
  return {
    encoding: oneOf('encoding', values.encoding ?? 'utf-8', encodings),
    hasBom: values.bom === true,
    delimiter: oneOf('delimiter', delimiter, [',', ';', '|', '\t'] as const),
    lineEnding: values.crlf === true ? '\r\n' : '\n',
  };
}

function windowFrom(values: Values): StatementOptions['window'] {
  const from = date('window-from', values['window-from']);
  const to = date('window-to', values['window-to']);
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined || to < from) {
    throw new UsageError('--window-from and --window-to belong together, in this order');
  }
  return { from, to };
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((own) => own === value);
  if (found !== undefined) return found;
  throw new UsageError(`--${name} must be one of: ${allowed.join(', ')}; not ${value}`);
}

function wholeNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value))
    throw new UsageError(`--${name} must be a whole number, not ${value}`);
  return Number(value);
}

function date(name: string, value: string | undefined): BusinessDate | undefined {
  if (value === undefined) return undefined;
  const parsed = parseBusinessDate(value);
  if (parsed === undefined)
    throw new UsageError(`--${name} must be a date like 2026-05-01, not ${value}`);
  return parsed;
}

function mutation(word: string): MutationName {
  const name = parseMutationName(word.trim());
  if (name !== undefined) return name;
  throw new UsageError(`--mutate knows: ${mutationNames().join(', ')}; not ${word}`);
}

type Loose<T> = { [Name in keyof T]?: T[Name] | undefined };

function definedOnly(values: Loose<StatementOptions>): Partial<StatementOptions> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
