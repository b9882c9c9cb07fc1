/** Builders for the database suites: valid by default, unique where the database asks for it. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Database, TenantHandle } from '../../db/database.ts';
import { findOrCreateAccount } from '../../db/accounts.ts';
import { insertOperation } from '../../db/operations.ts';
import {
  addLines,
  countLines,
  roomForLines,
  storeLines,
  sumsOfLines,
} from '../../db/statement-lines.ts';
import type { NewLine } from '../../db/statement-lines.ts';
import { tieFees } from '../../db/fee-ties.ts';
import { tieReversedPayments } from '../../db/reversal-ties.ts';
import { tieAcrossStatements } from '../../db/reversals-across.ts';
import { postChunk } from '../../db/statement-posting.ts';
import type { Nature } from '../../db/statement-tables.ts';
import { undoChunk } from '../../db/statement-undo.ts';
import { insertStatement, patchStatement, reachStage } from '../../db/statements.ts';
import { addMember, createTenant, createUser } from '../../db/tenants.ts';
import { startUpload } from '../../db/uploads.ts';
import { id } from '../../domain/ids.ts';
import type { AccountId, StatementId, TenantId, TransactionId, UserId } from '../../domain/ids.ts';
import { cents, type Cents } from '../../domain/money.ts';
import type { Direction } from '../../domain/statements/terms.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import type { BusinessDate, Instant } from '../../domain/time.ts';

export interface TestTenant {
  tenantId: TenantId;
  userId: UserId;
}

/** A tenant with one owner. */
export async function aTenant(db: Database): Promise<TestTenant> {
  const tenantId = id('tenant', randomUUID());
  await createTenant(db, { id: tenantId, slug: `t-${tenantId}`, name: 'Mama Njeri Traders' });
  const userId = await db.asOperator('arrange a test', (o) =>
    createUser(o, {
      id: id('user', randomUUID()),
      email: `${tenantId}@example.test`,
      name: 'Njeri',
      passwordHash: '$argon2id$test',
    }),
  );
  await db.withTenant(tenantId, (t) => addMember(t, { userId, role: 'owner' }));
  return { tenantId, userId };
}

export function anAccount(t: TenantHandle, number = '254712345678'): Promise<AccountId> {
  return findOrCreateAccount(t, {
    kind: 'personal',
    number,
    numberMasked: '2547******78',
    label: 'M-PESA',
    holderName: 'Wanjiku Kamau',
  }).then((account) => account.id);
}

export interface Row {
  receipt: string;
  direction: Direction | undefined;
  amountCents: number;
  /** Minutes after 2026-01-01T00:00Z. */
  minute: number;
  nature?: Nature;
  purpose?: string;
  details?: string;
  twin?: number;
  balanceCents?: number;
}

const startMs = Date.UTC(2026, 0, 1);

/** A line as the parser would give it; rows without a direction are failed ones. */
export function aLine(ordinal: number, row: Row): NewLine {
  const { receipt, direction, amountCents, nature = 'ordinary', twin = 0 } = row;
  return {
    identity: `${receipt}|${direction ?? 'failed'}|${amountCents}|${twin}`,
    direction,
    nature,
    line: {
      ordinal,
      page: 1 + Math.floor(ordinal / 40),
      line: 1 + (ordinal % 40),
      raw: `${receipt} | raw`,
      receipt,
      completedAt: instantFromEpochMs(startMs + row.minute * 60_000),
      details: row.details ?? 'Customer Transfer to 0712***678 WANJIKU KAMAU',
      status: direction === undefined ? 'failed' : 'completed',
      inCents: cents(direction === 'in' ? amountCents : 0),
      outCents: cents(direction === 'out' ? amountCents : 0),
      balanceCents: row.balanceCents === undefined ? undefined : cents(row.balanceCents),
      twin,
      reading: {
        purpose: row.purpose ?? (nature === 'charge' ? 'fee.send' : 'send'),
        channel: nature === 'charge' ? 'charge' : 'send-money',
        wordingDirection: direction,
        counterparty: {
          kind: 'person',
          name: 'WANJIKU KAMAU',
          msisdn: '0712***678',
          shortcode: undefined,
          accountReference: undefined,
          key: '678 WANJIKU KAMAU',
        },
        isFee: nature === 'charge',
        isOwnMoney: false,
        isLoanPrincipal: false,
        isFulizaFunded: false,
        confidence: 'certain',
        reason: 'the phrase matched',
      },
    },
  };
}

/** A statement in the stage `received`, with its operation and upload. */
export async function aStatement(
  t: TenantHandle,
  userId: UserId,
  sha256 = randomBytes(32).toString('hex'),
): Promise<StatementId> {
  const statementId = id('statement', randomUUID());
  const operationId = id('operation', randomUUID());
  const uploadId = randomUUID();
  const workflowId = `statement/${t.tenantId}/${sha256}`;
  await startUpload(t, { id: uploadId, fileName: 'january.pdf', createdBy: userId });
  await insertOperation(t, {
    id: operationId,
    kind: 'statement.ingest',
    subjectId: statementId,
    workflowId,
    createdBy: userId,
  });
  const inserted = await insertStatement(t, {
    id: statementId,
    uploadId,
    sha256,
    attempt: 1,
    fileName: 'january.pdf',
    sizeBytes: 1234,
    mediaKind: 'pdf',
    workflowId,
    operationId,
    createdBy: userId,
  });
  if (!inserted) throw new Error('the statement was not inserted');
  return statementId;
}

/** Stores lines behind those that are stored already; answers how many were added. */
export async function appendLines(
  t: TenantHandle,
  statementId: StatementId,
  lines: readonly NewLine[],
): Promise<number> {
  const firstOrdinal = await countLines(t, statementId);
  const into = roomForLines(firstOrdinal);
  const fresh = lines.filter(({ line }) => line.ordinal >= firstOrdinal);
  addLines(t, statementId, { into, lines: fresh });
  await storeLines(t, statementId, into);
  return into.count;
}

/** A transaction that posting added. */
interface AddedRow {
  transactionId: TransactionId;
  ordinal: number;
  occurredAt: Instant;
  businessDate: BusinessDate;
  direction: Direction;
  amountCents: Cents;
}

/** Stores the rows and posts them in chunks; the statement ends as posted. */
export async function postStatement(
  db: Database,
  tenant: TestTenant,
  posting: { rows: readonly Row[]; accountId?: AccountId; chunkSize?: number },
): Promise<{ statementId: StatementId; accountId: AccountId; inserted: AddedRow[] }> {
  const { rows, chunkSize = 5_000 } = posting;
  const arranged = await db.withTenant(tenant.tenantId, async (t) => {
    const statementId = await aStatement(t, tenant.userId);
    const accountId = posting.accountId ?? (await anAccount(t));
    await appendLines(
      t,
      statementId,
      rows.map((row, ordinal) => aLine(ordinal, row)),
    );
    return { statementId, accountId };
  });
  const inserted: AddedRow[] = [];
  for (let from = 0; from < rows.length; from += chunkSize) {
    const chunk = { ...arranged, fromOrdinal: from, toOrdinal: from + chunkSize };
    await db.withTenant(tenant.tenantId, async (t) => {
      const added = await postChunk(t, chunk);
      inserted.push(...(await addedRows(t, arranged.statementId, added.inserted)));
    });
  }
  await db.withTenant(tenant.tenantId, async (t) => {
    await tieFees(t, arranged.statementId);
    await tieReversedPayments(t, arranged.statementId);
    await tieAcrossStatements(t, arranged.accountId);
    await markPosted(t, arranged, inserted.length);
  });
  return { ...arranged, inserted };
}

function addedRows(
  t: TenantHandle,
  statementId: StatementId,
  ordinals: readonly number[],
): Promise<AddedRow[]> {
  if (ordinals.length === 0) return Promise.resolve([]);
  return t.query
    .selectFrom('transactions')
    .select(['id as transactionId', 'ordinal', 'occurred_at as occurredAt', 'direction'])
    .select(['business_date as businessDate', 'amount_cents as amountCents'])
    .where('statement_id', '=', statementId)
    .where('ordinal', 'in', ordinals)
    .orderBy('ordinal')
    .execute();
}

async function markPosted(
  t: TenantHandle,
  { statementId, accountId }: { statementId: StatementId; accountId: AccountId },
  newRowCount: number,
): Promise<void> {
  const sums = await sumsOfLines(t, statementId);
  await patchStatement(t, statementId, {
    status: 'posted',
    accountId,
    rowCount: sums.rowCount,
    newRowCount,
    postedCount: sums.movedCount,
    totalInCents: sums.totalInCents,
    totalOutCents: sums.totalOutCents,
    firstAt: sums.firstAt,
    lastAt: sums.lastAt,
    postedAt: instantFromEpochMs(startMs),
  });
  await reachStage(t, statementId, { stage: 'posted' });
}

/** Undoes a statement chunk by chunk; answers what was reversed. */
export async function undoStatement(
  db: Database,
  tenant: TestTenant,
  undo: { statementId: StatementId; accountId: AccountId; limit?: number },
) {
  const { statementId, accountId, limit = 5_000 } = undo;
  const reversed: Awaited<ReturnType<typeof undoChunk>>['reversed'] = [];
  for (let isDone = false; !isDone;) {
    const chunk = await db.withTenant(tenant.tenantId, (t) =>
      undoChunk(t, { statementId, accountId, limit }),
    );
    reversed.push(...chunk.reversed);
    isDone = chunk.isDone;
  }
  await db.withTenant(tenant.tenantId, (t) =>
    patchStatement(t, statementId, { status: 'undone', undoneAt: instantFromEpochMs(startMs) }),
  );
  return reversed;
}
