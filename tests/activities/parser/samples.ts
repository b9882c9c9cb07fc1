/** Small statement files written by hand, for tests of the reader itself. */
import type { ReadOptions } from '../../../activities/parser/cage.ts';
import {
  readWholeStatement,
  type WholeStatement,
} from '../../../activities/parser/whole-statement.ts';
import type { MediaKind } from '../../../domain/statements/terms.ts';
import { instantFromNairobi } from '../../../domain/time.ts';

const now = instantFromNairobi({ year: 2026, month: 11, day: 21, hour: 9, minute: 0, second: 0 });
if (now === undefined) throw new Error('no such time');

export const csvOptions: ReadOptions = { mediaKind: 'csv', mode: 'read', now };

/** Cuts bytes into pieces as a database or a network would. */
export async function* chunksOf(
  bytes: Uint8Array,
  size = 256 * 1024,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

export const classicHeader = [
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn',
  'Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.,Currency',
].join(',');

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A receipt of 14 November 2026 that no other number gives. */
export function receiptOf(number: number): string {
  let rest = '';
  for (let left = number, place = 0; place < 7; place += 1) {
    rest = (alphabet[left % 36] ?? '') + rest;
    left = Math.floor(left / 36);
  }
  return `UKE${rest}`;
}

/** One payment of one shilling; the balance counts the shillings. */
export function classicRow(number: number, total: number): string {
  const balance = (total - number).toFixed(2);
  const second = String(59 - (number % 60)).padStart(2, '0');
  const time = `14-11-2026 09:35:${second}`;
  const party = '25471****678 - WANJIKU **** DOE';
  const details = `Pay Bill from ${party} Acc. INV-${number}`;
  const amounts = `Completed,1.00,,${balance},true`;
  const start = `${receiptOf(number)},${time},${time},${details}`;
  return `${start},${amounts},Pay Utility,${party},,INV-${number},KES`;
}

/** An export of `rows` payments, newest first, with its preamble. */
export function classicCsv(rows: number): string {
  const total = rows.toFixed(2);
  const totals = `Total Paid In:,${total},Total Withdrawn:,0.00`;
  const lines = [
    'Account Holder:,Example Traders Ltd',
    'Short Code:,600984',
    'Account:,Utility Account',
    'Time Period:,From,14-11-2026 00:00:00,To,14-11-2026 23:59:59',
    'Operator:,jdoe,Organization:,Example Traders Ltd,Date of Report:,15-11-2026 07:00:00',
    `Opening Balance:,0.00,Closing Balance:,${total},Available Balance:,,${totals}`,
    classicHeader,
  ];
  for (let number = 0; number < rows; number += 1) lines.push(classicRow(number, rows));
  return `${lines.join('\r\n')}\r\n`;
}

/** A small export with other rows in place of its own. */
export function csvWithRows(rows: readonly string[], header = classicHeader): string {
  return [header, ...rows, ''].join('\n');
}

/** Reads bytes in the cage as a kind of file. */
export function readBytes(
  bytes: Uint8Array | string,
  mediaKind: MediaKind,
  options: Partial<ReadOptions> = {},
): Promise<WholeStatement> {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return readWholeStatement(chunksOf(buffer), { ...csvOptions, mediaKind, ...options });
}
