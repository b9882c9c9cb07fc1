/** A statement as the rest of the product knows it, and its way to and from a row. */
import type { AccountId, MappingId, OperationId, StatementId, UserId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type {
  MediaKind,
  PrintedFacts,
  ProofCheck,
  StatementFormat,
  TamperFinding,
  Verdict,
} from '../domain/statements/terms.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type {
  AccountKind,
  PrintedWithoutNames,
  Stage,
  StageReached,
  StatementStatus,
} from './statement-tables.ts';

/** What the paper prints about itself; names and numbers are opened from their seal. */
export type Printed = PrintedWithoutNames & {
  customerName?: string | undefined;
  accountName?: string | undefined;
  accountNumber?: string | undefined;
};

export interface Statement {
  id: StatementId;
  uploadId: string | null;
  sha256: string;
  attempt: number;
  fileName: string;
  sizeBytes: number;
  mediaKind: MediaKind;
  format: StatementFormat | null;
  status: StatementStatus;
  /** The last stage completed. */
  stage: Stage;
  verdict: Verdict | null;
  problem: string | null;
  problemDetail: string | null;
  account: { id: AccountId; kind: AccountKind; label: string; numberMasked: string } | null;
  mappingId: MappingId | null;
  periodFrom: BusinessDate | null;
  periodTo: BusinessDate | null;
  printed: Printed | null;
  rowCount: number;
  newRowCount: number;
  /** Rows that could not be read and about which nothing was decided that counts by now. */
  rejectCount: number;
  /** Rows that could not be read and that a person left out. */
  skippedCount: number;
  postedCount: number;
  categorisedCount: number;
  totalInCents: Cents | null;
  totalOutCents: Cents | null;
  openingCents: Cents | null;
  closingCents: Cents | null;
  firstAt: Instant | null;
  lastAt: Instant | null;
  checks: readonly ProofCheck[];
  tamper: readonly TamperFinding[];
  stages: readonly StageReached[];
  workflowId: string;
  operationId: OperationId;
  createdBy: { id: UserId; name: string };
  createdAt: Instant;
  postedAt: Instant | null;
  undoneAt: Instant | null;
  version: number;
}

/** Fields a step may change; those left out stay as they are. */
export type StatementPatch = Partial<
  Omit<
    Statement,
    | 'id'
    | 'sha256'
    | 'attempt'
    | 'fileName'
    | 'sizeBytes'
    | 'uploadId'
    | 'account'
    | 'printed'
    | 'createdBy'
    | 'createdAt'
    | 'version'
  >
> & { accountId?: AccountId | null; printed?: PrintedFacts };

/** Every statement with its account and the person who uploaded it. */
export function selectStatements(t: TenantHandle) {
  return t.query
    .selectFrom('statements as s')
    .innerJoin('platform.users as u', 'u.id', 's.created_by')
    .leftJoin('accounts as a', 'a.id', 's.account_id')
    .selectAll('s')
    .select('u.name as created_by_name')
    .select(['a.kind as account_kind', 'a.label as account_label'])
    .select('a.number_masked as account_number_masked');
}

export type StatementRow = Awaited<
  ReturnType<ReturnType<typeof selectStatements>['execute']>
>[number];

export function toStatement(t: TenantHandle, row: StatementRow): Statement {
  const { id, sha256, attempt, format, status, stage, verdict, problem, stages, version } = row;
  return {
    ...{ id, sha256, attempt, format, status, stage, verdict, problem, stages, version },
    ...figuresOf(row),
    uploadId: row.upload_id,
    fileName: row.file_name,
    sizeBytes: row.size_bytes,
    mediaKind: row.media_kind,
    problemDetail: row.problem_detail,
    account: accountOf(row),
    mappingId: row.mapping_id,
    printed: printedOf(t, row),
    checks: row.checks,
    tamper: row.tamper,
    workflowId: row.workflow_id,
    operationId: row.operation_id,
    createdBy: { id: row.created_by, name: row.created_by_name },
    createdAt: row.created_at,
    postedAt: row.posted_at,
    undoneAt: row.undone_at,
  };
}

function figuresOf(row: StatementRow) {
  return {
    periodFrom: row.period_from,
    periodTo: row.period_to,
    rowCount: row.row_count,
    newRowCount: row.new_row_count,
    rejectCount: row.reject_count,
    skippedCount: row.skipped_count,
    postedCount: row.posted_count,
    categorisedCount: row.categorised_count,
    totalInCents: row.total_in_cents,
    totalOutCents: row.total_out_cents,
    openingCents: row.opening_cents,
    closingCents: row.closing_cents,
    firstAt: row.first_at,
    lastAt: row.last_at,
  };
}

function accountOf(row: StatementRow): Statement['account'] {
  const { account_id: id, account_kind: kind, account_label: label } = row;
  const numberMasked = row.account_number_masked;
  if (id === null || kind === null || label === null || numberMasked === null) return null;
  return { id, kind, label, numberMasked };
}

export const namesContext = (statementId: string) => `statements|printed|${statementId}`;

function printedOf(t: TenantHandle, row: StatementRow): Printed | null {
  if (row.printed === null) return null;
  const sealed = row.printed_names_sealed;
  if (sealed === null) return row.printed;
  return { ...row.printed, ...JSON.parse(t.seal.openText(sealed, namesContext(row.id))) };
}

/** The columns of a patch, with names and numbers sealed apart from what may be read. */
export function columnsOf(t: TenantHandle, statementId: StatementId, patch: StatementPatch) {
  const { printed, checks, tamper, stages } = patch;
  return {
    ...definedOnly({
      format: patch.format,
      status: patch.status,
      stage: patch.stage,
      verdict: patch.verdict,
      problem: patch.problem,
      problem_detail: patch.problemDetail,
      account_id: patch.accountId,
      mapping_id: patch.mappingId,
      period_from: patch.periodFrom,
      period_to: patch.periodTo,
      row_count: patch.rowCount,
      new_row_count: patch.newRowCount,
      reject_count: patch.rejectCount,
      skipped_count: patch.skippedCount,
      posted_count: patch.postedCount,
      categorised_count: patch.categorisedCount,
      total_in_cents: patch.totalInCents,
      total_out_cents: patch.totalOutCents,
      opening_cents: patch.openingCents,
      closing_cents: patch.closingCents,
      first_at: patch.firstAt,
      last_at: patch.lastAt,
      workflow_id: patch.workflowId,
      operation_id: patch.operationId,
      posted_at: patch.postedAt,
      undone_at: patch.undoneAt,
    }),
    ...(checks === undefined ? {} : { checks: JSON.stringify(checks) }),
    ...(tamper === undefined ? {} : { tamper: JSON.stringify(tamper) }),
    ...(stages === undefined ? {} : { stages: JSON.stringify(stages) }),
    ...(printed === undefined ? {} : printedColumns(t, statementId, printed)),
  };
}

function printedColumns(t: TenantHandle, statementId: StatementId, printed: PrintedFacts) {
  const { customerName, accountName, accountNumber, ...rest } = printed;
  const names = JSON.stringify({ customerName, accountName, accountNumber });
  return {
    printed: JSON.stringify(rest),
    printed_names_sealed: t.seal.sealText(names, namesContext(statementId)),
  };
}

type Defined<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

function definedOnly<Values extends object>(values: Values): Defined<Values> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<Values>;
}
