/** Lists as a terminal wants them: as many rows as were asked for, page after page. */
import { eachOf, type Asked } from '../each-of.ts';
import type { Call } from './call.ts';
import { WrongCommand, type Option } from './command.ts';
import { Refused } from './refused.ts';

export const listOptions: readonly Option[] = [
  { name: 'limit', value: 'N', says: 'how many rows at most (default 50)' },
];

export const periodOptions: readonly Option[] = [
  { name: 'from', value: 'DAY', says: 'from this day on, in Nairobi: 2026-10-01' },
  { name: 'to', value: 'DAY', says: 'until this day, with it' },
];

const pageMax = 200;

/** The first rows of a list, as many as `--limit` says. Throws what the API refused. */
export async function limited<Row>(
  call: Call,
  list: (page: { limit: string; cursor?: string }) => Asked<Row>,
): Promise<Row[]> {
  const limit = Number(call.text('limit') ?? 50);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new WrongCommand('--limit is a whole number from 1 on');
  }
  const size = String(Math.min(limit, pageMax));
  const rows: Row[] = [];
  try {
    for await (const row of eachOf((cursor) =>
      list({ limit: size, ...(cursor === undefined ? {} : { cursor }) }),
    )) {
      rows.push(row);
      if (rows.length === limit) break;
    }
  } catch (error) {
    throw refusalIn(error);
  }
  return rows;
}

function refusalIn(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return cause;
  return Refused.from(cause) ?? error;
}
