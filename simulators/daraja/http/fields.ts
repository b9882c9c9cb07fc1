/** Reads and checks the fields of request bodies as forgivingly and as strictly as the provider. */
import { cents } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import type { Settings } from '../settings.ts';

type Body = Readonly<Record<string, unknown>>;

/** A field given as a text or a number; undefined when it is missing, null or anything else. */
export function text(body: Body, name: string): string | undefined {
  const value = body[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** The field, or an empty text. */
export function textOr(body: Body, name: string): string {
  return text(body, name) ?? '';
}

export type Check = readonly [
  name: string,
  isGood: (value: string) => boolean,
  optional?: 'optional',
];

/** The name of the first field that breaks its check. */
export function firstInvalid(body: Body, checks: readonly Check[]): string | undefined {
  return checks.find(([name, isGood, optional]) => {
    const value = text(body, name);
    if (value === undefined || (value === '' && optional !== undefined)) {
      return optional === undefined || isOdd(body[name]);
    }
    return !isGood(value);
  })?.[0];
}

function isOdd(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

export const isShortcode = (value: string): boolean => /^\d{5,7}$/.test(value);
export const isMsisdn = (value: string): boolean => /^254[17]\d{8}$/.test(value);

/** Whole shillings from 1; `10.00` is ten shillings. */
export const isWholeShillings = (value: string): boolean => wholeShillings(value) !== undefined;

export function wholeShillings(value: string): number | undefined {
  if (!/^\d{1,12}(\.0{1,2})?$/.test(value.trim())) return undefined;
  const shillings = Number(value);
  return shillings >= 1 ? shillings : undefined;
}

/** The amount of a checked field, in cents. */
export function centsOf(body: Body, name = 'Amount'): Cents {
  return cents((wholeShillings(textOr(body, name)) ?? 0) * 100);
}

export function lengthBetween(from: number, to: number): (value: string) => boolean {
  return (value) => value.trim().length >= from && value.length <= to;
}

export function oneOf(...allowed: readonly string[]): (value: string) => boolean {
  return (value) => allowed.includes(value);
}

const forbiddenWords = /mpesa|m-pesa|safaricom|exe|cmd|sql|query/i;
const blockedTunnels = /ngrok|requestbin|mockbin/i;

/** Whether the provider would call this address. */
export function urlCheck(environment: Settings['environment']): (value: string) => boolean {
  return (value) => {
    if (!URL.canParse(value) || forbiddenWords.test(value)) return false;
    const { protocol } = new URL(value);
    if (environment === 'sandbox') return protocol === 'https:' || protocol === 'http:';
    return protocol === 'https:' && !blockedTunnels.test(value);
  };
}
