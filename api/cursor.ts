/**
 * Page cursors: where the last page ended, signed and bound to the tenant, the list and the
 * filters, so that a cursor can be neither forged nor carried over to another list.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import type { TenantId } from '../domain/ids.ts';
import { problem, ProblemError } from './problems.ts';

export interface CursorPlace {
  tenantId: TenantId;
  /** The list, for example `GET /v1/transactions`. */
  list: string;
  /** Every filter and the order; `cursor` and `limit` may differ from page to page. */
  filters: object;
}

/** The signing key of cursors, derived from the key-encryption key. */
export function cursorKey(kek: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', kek, '', 'daftari cursor', 32));
}

/** Writes the position after the last row of a page, as the query function gave it. */
export function writeCursor(key: Buffer, place: CursorPlace, position: unknown): string {
  const text = Buffer.from(JSON.stringify(position)).toString('base64url');
  return `${text}.${signatureOf(key, place, text).toString('base64url')}`;
}

/** Reads a position back; throws `ProblemError` with `invalid-cursor` for any other text. */
export function readCursor<Position extends z.ZodType>(
  key: Buffer,
  place: CursorPlace,
  cursor: { text: string; position: Position },
): z.output<Position> {
  const [text = '', signature = '', ...rest] = cursor.text.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(key, place, text);
  const isGenuine = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isGenuine || rest.length > 0) throw new ProblemError(problem('invalid-cursor'));
  return cursor.position.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
}

function signatureOf(key: Buffer, place: CursorPlace, text: string): Buffer {
  const { cursor: _cursor, limit: _limit, ...filters } = { cursor: 0, limit: 0, ...place.filters };
  const ordered = Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1));
  const bound = JSON.stringify([place.tenantId, place.list, ordered, text]);
  return createHmac('sha256', key).update(bound).digest().subarray(0, 16);
}
