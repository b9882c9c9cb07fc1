/** What the command prints about one file. */
import type { z } from 'zod';
import type {
  ProofCheck,
  Statement,
  StatementLine,
  TamperFinding,
} from '../../api/statements/schema.ts';
import { statementLinePage, statementRejectPage } from '../../api/statements/schema.ts';
import type { Client } from './client.ts';

export interface FileResult {
  file: string;
  statementId: string | null;
  workflowId: string | null;
  verdict: 'proven' | 'needsReview' | 'refused';
  /** Stable name of what is wrong; null when nothing is. */
  problem: string | null;
  problemDetail: string | null;
  format: string | null;
  rowCount: number;
  newRowCount: number;
  rejects: { page: number; line: number; raw: string; reason: string }[];
  totals: { inCents: number | null; outCents: number | null };
  openingCents: number | null;
  closingCents: number | null;
  checks: Pick<ProofCheck, 'name' | 'ok' | 'detail' | 'rows'>[];
  tamper: Pick<TamperFinding, 'signal' | 'severity' | 'detail' | 'rows'>[];
  rows?: FileRow[];
}

type FileRow = Pick<
  StatementLine,
  'receipt' | 'completedAt' | 'details' | 'status' | 'inCents' | 'outCents' | 'balanceCents'
>;

/** The result of a file that never became a statement. */
export function refusedFile(file: string, problem: string, problemDetail: string): FileResult {
  return {
    file,
    statementId: null,
    workflowId: null,
    verdict: 'refused',
    problem,
    problemDetail,
    format: null,
    rowCount: 0,
    newRowCount: 0,
    rejects: [],
    totals: { inCents: null, outCents: null },
    openingCents: null,
    closingCents: null,
    checks: [],
    tamper: [],
  };
}

/** The result of a statement as it is now. */
export async function resultOf(
  client: Client,
  found: { file: string; statement: Statement },
  withRows: boolean,
): Promise<FileResult> {
  const { file, statement } = found;
  const { totals, openingCents, closingCents, rowCount, newRowCount, tamper } = statement;
  const path = `/v1/statements/${statement.id}`;
  const rejects = await everyPage(client, `${path}/rejects`, statementRejectPage);
  const rows = withRows ? await everyPage(client, `${path}/lines`, statementLinePage) : undefined;
  return {
    file,
    statementId: statement.id,
    workflowId: statement.workflowId,
    verdict: verdictOf(statement),
    problem: statement.problem,
    problemDetail: statement.problemDetail,
    format: statement.format,
    rowCount,
    newRowCount,
    rejects: rejects.map(({ page, line, raw, reason }) => ({ page, line, raw, reason })),
    totals: { inCents: totals.inCents, outCents: totals.outCents },
    openingCents,
    closingCents,
    checks: statement.checks.map(({ name, ok, detail, rows }) => ({ name, ok, detail, rows })),
    tamper: tamper.map(({ signal, severity, detail, rows }) => ({
      signal,
      severity,
      detail,
      rows,
    })),
    ...(rows === undefined ? {} : { rows: rows.map(rowOf) }),
  };
}

/** What waits for a person has no verdict of its own yet: it needs one. */
function verdictOf(statement: Statement): FileResult['verdict'] {
  if (statement.status === 'refused' || statement.status === 'abandoned') return 'refused';
  if (statement.waitingFor !== null) return 'needsReview';
  return statement.verdict ?? 'needsReview';
}

function rowOf(line: StatementLine): FileRow {
  const { receipt, completedAt, details, status, inCents, outCents, balanceCents } = line;
  return { receipt, completedAt, details, status, inCents, outCents, balanceCents };
}

async function everyPage<Item>(
  client: Client,
  path: string,
  schema: z.ZodType<{ data: Item[]; nextCursor: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await client.get(`${path}?limit=1000${after}`, schema);
    items.push(...page.data);
    cursor = page.nextCursor;
  }
  return items;
}
