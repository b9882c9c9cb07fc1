/** What taking in mended rows needs to know of a statement: its lines as the proof sees them. */
import { sql } from 'kysely';
import type { StatementId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Channel, RowStatus, StatementLine } from '../domain/statements/terms.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { openRow } from './row-secrets.ts';
import type { Confidence, Nature, StatementStatus } from './statement-tables.ts';

/** Holds a statement until the transaction ends; answers its status, undefined without one. */
export async function holdStatement(
  t: TenantHandle,
  statementId: StatementId,
): Promise<StatementStatus | undefined> {
  const held = await t.query
    .selectFrom('statements')
    .select('status')
    .where('id', '=', statementId)
    .forUpdate()
    .executeTakeFirst();
  return held?.status;
}

/**
 * How many rows of the statement share each identity but for its twin number, by that identity;
 * those that nobody shares are left out.
 */
export async function countTwins(
  t: TenantHandle,
  statementId: StatementId,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const found = await sql<{ key: string; count: number }>`
    select key, max(twin) + 1 as count from (
      select regexp_replace(identity, '\\|\\d+$', '') as key,
        substring(identity from '\\|(\\d+)$')::integer as twin
      from ${t.table('statement_lines')} where statement_id = ${statementId}
    ) line where key = any(${keys}::text[]) group by key`.execute(t.query);
  return new Map(found.rows.map(({ key, count }) => [key, count]));
}

/**
 * The lines of a statement in the order of the file, for a proof: typed rows at the place where the
 * file has them. Words, counterparties and twins are left out, because no check asks for them.
 */
export async function* linesOfFile(
  t: TenantHandle,
  statementId: StatementId,
): AsyncGenerator<StatementLine> {
  const typed = await loadLines(
    t,
    statementId,
    sql`
    ordinal in (select ordinal from ${t.table('statement_rejects')}
      where statement_id = ${statementId} and ordinal is not null)
    order by page, line, ordinal`,
  );
  const typedOrdinals = new Set(typed.map(({ ordinal }) => ordinal));
  for (let after = -1; ;) {
    const page = await loadLines(
      t,
      statementId,
      sql`
      ordinal > ${after} order by ordinal limit ${pageRows}`,
    );
    for (const line of page) {
      if (typedOrdinals.has(line.ordinal)) continue;
      while (typed[0] !== undefined && isAhead(typed[0], line)) yield* typed.splice(0, 1);
      yield line;
    }
    after = page.at(-1)?.ordinal ?? after;
    if (page.length < pageRows) break;
  }
  yield* typed;
}

const pageRows = 5_000;

function isAhead(a: StatementLine, b: StatementLine): boolean {
  return a.page === b.page ? a.line < b.line : a.page < b.page;
}

interface Row {
  ordinal: number;
  page: number;
  line: number;
  receipt: string;
  completedAt: Instant;
  status: RowStatus;
  inCents: Cents;
  outCents: Cents;
  balanceCents: Cents | null;
  purpose: string;
  channel: Channel;
  nature: Nature;
  isFuliza: boolean;
  confidence: Confidence;
  sealed: Buffer;
}

async function loadLines(
  t: TenantHandle,
  statementId: StatementId,
  which: ReturnType<typeof sql>,
): Promise<StatementLine[]> {
  const found = await sql<Row>`
    select ordinal, page, line, receipt, completed_at as "completedAt", row_status as status,
      in_cents as "inCents", out_cents as "outCents", balance_cents as "balanceCents", purpose,
      channel, nature, is_fuliza as "isFuliza", confidence, sealed
    from ${t.table('statement_lines')}
    where statement_id = ${statementId} and ${which}`.execute(t.query);
  return found.rows.map((row) => toLine(t, row));
}

function toLine(t: TenantHandle, row: Row): StatementLine {
  const { sealed, purpose, channel, nature, isFuliza, confidence, balanceCents, ...shared } = row;
  const { details, raw, reason, subAccount } = openRow(t, sealed);
  return {
    ...shared,
    ...{ details, raw, twin: 0 },
    balanceCents: balanceCents ?? undefined,
    reading: {
      ...{ purpose, channel, confidence, reason },
      ...{ wordingDirection: undefined, counterparty: undefined },
      isFee: nature === 'charge',
      isOwnMoney: nature === 'own-money',
      isLoanPrincipal: nature === 'loan',
      isFulizaFunded: isFuliza,
    },
    ...(subAccount === undefined ? {} : { subAccount }),
  };
}
