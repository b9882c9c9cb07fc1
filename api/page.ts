/** Cuts one page out of what a query gave, and signs where the next one starts. */
import type { z } from 'zod';
import { readCursor, writeCursor } from './cursor.ts';
import type { Call } from './route.ts';

export interface PageQuery {
  cursor?: string | undefined;
  limit: number;
}

/** The position in the cursor of a request; undefined on the first page. */
export function positionIn<Position extends z.ZodType>(
  call: Call,
  query: PageQuery,
  position: Position,
): z.output<Position> | undefined {
  if (query.cursor === undefined) return undefined;
  const place = placeOf(call, query);
  return readCursor(call.dependencies.cursorKey, place, { text: query.cursor, position });
}

/** A page of at most `limit` rows from rows that were asked for with one more than that. */
export function pageFrom<Row, Shown>(
  call: Call,
  query: PageQuery,
  page: { rows: readonly Row[]; show: (row: Row) => Shown; position: (row: Row) => unknown },
): { data: Shown[]; nextCursor: string | null; hasMore: boolean } {
  const rows = page.rows.slice(0, query.limit);
  const last = rows.at(-1);
  const hasMore = page.rows.length > query.limit && last !== undefined;
  const nextCursor = hasMore
    ? writeCursor(call.dependencies.cursorKey, placeOf(call, query), page.position(last))
    : null;
  return { data: rows.map(page.show), nextCursor, hasMore };
}

/** The path stands for the list, so the lines of two statements are two lists. */
function placeOf(call: Call, query: PageQuery) {
  return { tenantId: call.principal.tenantId, list: call.request.path, filters: query };
}
