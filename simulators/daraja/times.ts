/** The five ways in which the provider prints a time; all are Nairobi wall time. */
import { nairobiText } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';

/** `20261114093541` */
export function compactTime(at: Instant): string {
  return nairobiText(at).replace(/\D/g, '');
}

/** `14.11.2026 09:41:12`, as B2C results print it. */
export function dottedTime(at: Instant): string {
  const [date = '', time = ''] = nairobiText(at).split(' ');
  return `${date.split('-').reverse().join('.')} ${time}`;
}

/** `2026-11-14T09:35:41Z`: Nairobi time with a letter that means nothing, as pull answers print it. */
export function pullTime(at: Instant): string {
  return `${nairobiText(at).replace(' ', 'T')}Z`;
}

/** `20261114` */
export function compactDate(at: Instant): string {
  return compactTime(at).slice(0, 8);
}

/** `DDMMYYYYHHmmss` and three digits of milliseconds, as checkout ids begin. */
export function checkoutTime(at: Instant): string {
  const text = compactTime(at);
  const date = text.slice(6, 8) + text.slice(4, 6) + text.slice(0, 4);
  return date + text.slice(8) + at.slice(20, 23);
}

/** Whether 14 digits name a moment of the calendar. */
export function isCompactTime(text: string): boolean {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (match === null) return false;
  const [, year = '', month = '', day = '', hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}
