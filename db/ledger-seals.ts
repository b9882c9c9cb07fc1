/**
 * Seals: what was posted is hashed and chained a little later, many transactions in one link, and
 * each link is an entry of the tenant's audit trail. A chain with a link per transaction would make
 * all money of a tenant wait in one line; this way altering, dropping or adding a posting shows just
 * as well, and posting takes no lock for it.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { LedgerTransactionId } from '../domain/ids.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import { takeTurn } from './turns.ts';

export type SealVerdict =
  | { ok: true; seals: number; transactions: number; head: string }
  | { ok: false; seq: number; problem: 'altered' | 'chain-broken' };

interface Content {
  id: LedgerTransactionId;
  hash: Buffer;
}

const genesis = Buffer.alloc(32);

/** Seals up to `limit` transactions that are not sealed yet; answers how many. */
export async function sealTransactions(t: TenantHandle, limit: number): Promise<number> {
  await takeTurn(t, `${t.tenantId}/ledger-seals`);
  const last = await t.query
    .selectFrom('ledger_seals')
    .select(['seq', 'hash'])
    .where('tenant_id', '=', t.tenantId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const seq = (last?.seq ?? 0) + 1;
  const content = await unsealed(t, seq - 1, limit);
  if (content.length === 0) return 0;
  const prevHash = last?.hash ?? genesis;
  const digest = digestOf(content);
  const hash = hashOf({ seq, prevHash, digest, count: content.length });
  await t.query
    .insertInto('ledger_seals')
    .values({
      ...{ tenant_id: t.tenantId, seq, transaction_count: content.length, digest },
      ...{ prev_hash: prevHash, hash, sealed_at: sql`clock_timestamp()` },
    })
    .execute();
  await sql`
    insert into ${t.table('ledger_sealed')} (tenant_id, transaction_id, seq, content_hash)
    select ${t.tenantId}, x.id, ${seq}, decode(x.hash, 'hex')
    from unnest(${content.map(({ id }) => id)}::uuid[],
      ${content.map((row) => row.hash.toString('hex'))}::text[]) as x(id, hash)`.execute(t.query);
  await appendAudit(t, {
    actor: 'service:ledger',
    action: 'ledger.sealed',
    objectKind: 'ledger-seal',
    objectId: String(seq),
    detail: { transactions: content.length, hash: hash.toString('hex') },
  });
  return content.length;
}

/** Computes every seal again from what is stored now; names the first that no longer fits. */
export async function verifySeals(t: TenantHandle): Promise<SealVerdict> {
  let prevHash: Buffer = genesis;
  let seq = 0;
  let transactions = 0;
  for (;;) {
    const seal = await t.query
      .selectFrom('ledger_seals')
      .select(['digest', 'hash', 'prev_hash', 'transaction_count'])
      .where('tenant_id', '=', t.tenantId)
      .where('seq', '=', seq + 1)
      .executeTakeFirst();
    if (seal === undefined)
      return { ok: true, seals: seq, transactions, head: prevHash.toString('hex') };
    seq += 1;
    const content = await sealedContent(t, seq);
    const isAltered =
      content.length !== seal.transaction_count || !digestOf(content).equals(seal.digest);
    if (isAltered) return { ok: false, seq, problem: 'altered' };
    const { digest } = seal;
    const hash = hashOf({ seq, prevHash, digest, count: content.length });
    if (!seal.prev_hash.equals(prevHash) || !seal.hash.equals(hash))
      return { ok: false, seq, problem: 'chain-broken' };
    prevHash = seal.hash;
    transactions += content.length;
  }
}

/**
 * What waits for a seal, oldest first. A transaction may be committed some time after it was stamped,
 * so the look goes back a day behind the newest that is sealed; none takes that long.
 */
async function unsealed(t: TenantHandle, lastSeq: number, limit: number): Promise<Content[]> {
  const found = await sql<Content>`
    select x.id, ${contentHash(t)} as hash
    from ${t.table('ledger_transactions')} x
    where x.tenant_id = ${t.tenantId}
      and x.recorded_at > coalesce((
        select max(y.recorded_at) - interval '1 day' from ${t.table('ledger_sealed')} m
        join ${t.table('ledger_transactions')} y on y.tenant_id = m.tenant_id
          and y.id = m.transaction_id
        where m.tenant_id = ${t.tenantId} and m.seq = ${lastSeq}), '-infinity')
      and not exists (select from ${t.table('ledger_sealed')} m
        where m.tenant_id = x.tenant_id and m.transaction_id = x.id)
    order by x.recorded_at, x.id limit ${limit}`.execute(t.query);
  return sorted(found.rows);
}

async function sealedContent(t: TenantHandle, seq: number): Promise<Content[]> {
  const found = await sql<Content>`
    select x.id, ${contentHash(t)} as hash
    from ${t.table('ledger_sealed')} m
    join ${t.table('ledger_transactions')} x on x.tenant_id = m.tenant_id and x.id = m.transaction_id
    where m.tenant_id = ${t.tenantId} and m.seq = ${seq}`.execute(t.query);
  return sorted(found.rows);
}

/** SQL for the hash of transaction `x` with its entries; every column that means something is in it. */
function contentHash(t: TenantHandle) {
  return sql`sha256(convert_to(jsonb_build_array(x.id, x.reference, x.kind,
    extract(epoch from x.occurred_at), extract(epoch from x.recorded_at), x.reverses, x.source_kind,
    x.source_id, x.workflow_id, x.receipt, x.actor, x.reason, (
      select jsonb_agg(jsonb_build_array(e.leg, e.account_id, e.amount_cents, e.currency) order by e.leg)
      from ${t.table('ledger_entries')} e
      where e.tenant_id = x.tenant_id and e.transaction_id = x.id))::text, 'UTF8'))`;
}

function sorted(content: readonly Content[]): Content[] {
  return [...content].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function digestOf(content: readonly Content[]): Buffer {
  const hash = createHash('sha256');
  for (const { id, hash: part } of content) hash.update(id).update(part);
  return hash.digest();
}

function hashOf(seal: { seq: number; prevHash: Buffer; digest: Buffer; count: number }): Buffer {
  return createHash('sha256')
    .update(seal.prevHash)
    .update(seal.digest)
    .update(`${seal.seq}:${seal.count}`)
    .digest();
}
