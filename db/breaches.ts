/**
 * The register of breaches of personal data. It belongs to the house: what is on record is never
 * changed or taken out, and it outlives the businesses it names.
 */
import { sql, type Selectable } from 'kysely';
import type { BreachDataKind, ReminderKind, Telling } from '../domain/breaches/clocks.ts';
import type { BreachId, TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { noteEntries, noteEntry, remindersOfBreaches } from './breach-entries.ts';
import type { BreachBusinessesTable, BreachesTable } from './breach-tables.ts';
import type { OperatorHandle } from './database.ts';

/** A business whose data it is, and who was told of that when. */
export interface BreachBusiness extends Telling {
  tenantId: TenantId;
  /** As it was called when it was put on record. */
  name: string;
  /** How many people it is about; null until that is known. */
  personCount: number | null;
  tellAskedBy: string | null;
  authorityToldBy: string | null;
  /** Under which number the authority keeps it. */
  authorityReference: string | null;
  reminded: readonly ReminderKind[];
}

export interface Breach {
  id: BreachId;
  summary: string;
  dataKinds: BreachDataKind[];
  isEncrypted: boolean;
  noticedAt: Instant;
  recordedBy: string;
  recordedAt: Instant;
  closedAt: Instant | null;
  closedBy: string | null;
  closeReason: string | null;
  version: number;
  businesses: BreachBusiness[];
}

/** Who did something, and when. */
export interface BreachDeed {
  actor: string;
  at: Instant;
}

/** Whose data it is, of how many people. */
export interface Touched {
  tenantId: TenantId;
  personCount: number | null;
}

export type NewBreach = Pick<
  Breach,
  'id' | 'summary' | 'dataKinds' | 'isEncrypted' | 'noticedAt'
> & { touched: readonly Touched[]; measures: string | null };

const shownMax = 100;

/** Puts a breach on record; the businesses that are not there, when there are any, and then nothing is. */
export async function insertBreach(
  o: OperatorHandle,
  breach: NewBreach,
  deed: BreachDeed,
): Promise<TenantId[]> {
  const { id, summary, dataKinds, isEncrypted, noticedAt, touched, measures } = breach;
  const missing = await missingOf(o, touched);
  if (missing.length > 0) return missing;
  await o.query
    .insertInto('platform.breaches')
    .values({
      ...{ id, summary, data_kinds: dataKinds, is_encrypted: isEncrypted, noticed_at: noticedAt },
      ...{ recorded_by: deed.actor, recorded_at: deed.at },
    })
    .execute();
  await noteEntry(o, { ...deed, breachId: id, kind: 'recorded' });
  if (measures !== null) {
    await noteEntry(o, { ...deed, breachId: id, kind: 'measure', detail: measures });
  }
  await addBusinesses(o, { breachId: id, noticedAt, touched });
  return [];
}

/** Which of these are no business any more, or never were. */
async function missingOf(o: OperatorHandle, touched: readonly Touched[]): Promise<TenantId[]> {
  const wanted = touched.map(({ tenantId }) => tenantId);
  const rows = await o.query
    .selectFrom('platform.tenants')
    .select('id')
    .where('id', 'in', wanted)
    .where('status', '<>', 'closed')
    .execute();
  const known = new Set(rows.map((row) => row.id));
  return wanted.filter((one) => !known.has(one));
}

async function addBusinesses(
  o: OperatorHandle,
  {
    breachId,
    noticedAt,
    touched,
  }: { breachId: BreachId; noticedAt: Instant; touched: readonly Touched[] },
): Promise<TenantId[]> {
  const ids = touched.map(({ tenantId }) => tenantId);
  const counts = touched.map(({ personCount }) => personCount);
  const added = await sql<{ tenantId: TenantId }>`
    insert into platform.breach_businesses (tenant_id, breach_id, tenant_name, person_count,
      noticed_at)
    select n.id, ${breachId}, n.name, x.count, ${noticedAt}
    from unnest(${ids}::uuid[], ${counts}::int[]) as x (id, count)
    join platform.tenants n on n.id = x.id
    on conflict do nothing
    returning tenant_id as "tenantId"`.execute(o.query);
  return added.rows.map(({ tenantId }) => tenantId);
}

/**
 * Adds businesses whose data turned out to be touched, their clocks running from `noticedAt`, or says
 * of how many people it is where that is known better by now. The breach must be taken.
 */
export async function touchBusinesses(
  o: OperatorHandle,
  of: { breachId: BreachId; noticedAt: Instant; touched: readonly Touched[] },
  deed: BreachDeed,
): Promise<TenantId[]> {
  const { breachId, touched } = of;
  const missing = await missingOf(o, touched);
  if (missing.length > 0) return missing;
  const added = new Set(await addBusinesses(o, of));
  const counted = new Set(await countPeople(o, breachId, touched));
  const kindOf = (tenantId: TenantId): 'business' | 'count' | undefined => {
    if (added.has(tenantId)) return 'business';
    return counted.has(tenantId) ? 'count' : undefined;
  };
  const entries = touched.flatMap(({ tenantId, personCount }) => {
    const kind = kindOf(tenantId);
    const detail = personCount === null ? null : String(personCount);
    return kind === undefined ? [] : [{ ...deed, breachId, tenantId, kind, detail }];
  });
  await noteEntries(o, entries);
  return [];
}

/** Of which businesses the count is another one now. */
async function countPeople(
  o: OperatorHandle,
  breachId: BreachId,
  touched: readonly Touched[],
): Promise<TenantId[]> {
  const ids = touched.map(({ tenantId }) => tenantId);
  const counts = touched.map(({ personCount }) => personCount);
  const changed = await sql<{ tenantId: TenantId }>`
    update platform.breach_businesses b set person_count = x.count
    from unnest(${ids}::uuid[], ${counts}::int[]) as x (id, count)
    where b.breach_id = ${breachId} and b.tenant_id = x.id
      and b.person_count is distinct from x.count
    returning b.tenant_id as "tenantId"`.execute(o.query);
  return changed.rows.map(({ tenantId }) => tenantId);
}

/** The newest 100, those that are open first. */
export async function listBreaches(o: OperatorHandle): Promise<Breach[]> {
  const rows = await o.query
    .selectFrom('platform.breaches')
    .selectAll()
    .orderBy(sql`closed_at is null`, 'desc')
    .orderBy('recorded_at', 'desc')
    .orderBy('id', 'desc')
    .limit(shownMax)
    .execute();
  return withBusinesses(o, rows);
}

/** Every breach that is not closed, and every one there ever was with `isAll`; the oldest first. */
export async function readRegister(
  o: OperatorHandle,
  { isAll }: { isAll: boolean },
): Promise<Breach[]> {
  const all = o.query.selectFrom('platform.breaches').selectAll().orderBy('recorded_at');
  const rows = await (isAll ? all : all.where('closed_at', 'is', null)).execute();
  return withBusinesses(o, rows);
}

export async function findBreach(o: OperatorHandle, id: BreachId): Promise<Breach | undefined> {
  const row = await o.query
    .selectFrom('platform.breaches')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const [breach] = await withBusinesses(o, [row]);
  return breach;
}

/** Breaches a business was told of, each with that business alone; the newest first. */
export async function breachesOfTenant(o: OperatorHandle, tenantId: TenantId): Promise<Breach[]> {
  const rows = await o.query
    .selectFrom('platform.breaches as b')
    .innerJoin('platform.breach_businesses as x', 'x.breach_id', 'b.id')
    .selectAll('b')
    .where('x.tenant_id', '=', tenantId)
    .where('x.told_at', 'is not', null)
    .orderBy('x.told_at', 'desc')
    .orderBy('b.id')
    .execute();
  return withBusinesses(o, rows, tenantId);
}

/**
 * Takes a breach for a change, so that nobody else changes it meanwhile and its run looks again;
 * false when it is closed or there is none.
 */
export async function takeBreach(o: OperatorHandle, breachId: BreachId): Promise<boolean> {
  const taken = await o.query
    .updateTable('platform.breaches')
    .set({ version: sql<number>`version + 1` })
    .where('id', '=', breachId)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n;
}

/** Ends the matter, of a breach that is taken. */
export async function closeBreach(
  o: OperatorHandle,
  breachId: BreachId,
  { actor, at, reason }: BreachDeed & { reason: string },
): Promise<void> {
  await o.query
    .updateTable('platform.breaches')
    .set({ closed_at: at, closed_by: actor, close_reason: reason })
    .where('id', '=', breachId)
    .execute();
  await noteEntry(o, { breachId, actor, at, kind: 'closed', detail: reason });
}

async function withBusinesses(
  o: OperatorHandle,
  rows: readonly Selectable<BreachesTable>[],
  tenantId?: TenantId,
): Promise<Breach[]> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const all = o.query
    .selectFrom('platform.breach_businesses as x')
    .innerJoin('platform.tenants as n', 'n.id', 'x.tenant_id')
    .selectAll('x')
    .select(sql<boolean>`n.status = 'closed'`.as('isGone'))
    .where('x.breach_id', 'in', ids)
    .orderBy('x.tenant_name')
    .orderBy('x.tenant_id');
  const found = await (
    tenantId === undefined ? all : all.where('x.tenant_id', '=', tenantId)
  ).execute();
  const reminded = await remindersOfBreaches(o, ids);
  return rows.map((row) => ({
    ...{ id: row.id, summary: row.summary, dataKinds: row.data_kinds, version: row.version },
    ...{ isEncrypted: row.is_encrypted, noticedAt: row.noticed_at },
    ...{ recordedBy: row.recorded_by, recordedAt: row.recorded_at },
    ...{ closedAt: row.closed_at, closedBy: row.closed_by, closeReason: row.close_reason },
    businesses: found
      .filter(({ breach_id: breachId }) => breachId === row.id)
      .map((one) => ({
        ...toBusiness(one),
        isOver: row.closed_at !== null || one.isGone,
        reminded: reminded.get(`${row.id} ${one.tenant_id}`) ?? [],
      })),
  }));
}

function toBusiness(
  row: Selectable<BreachBusinessesTable>,
): Omit<BreachBusiness, 'isOver' | 'reminded'> {
  return {
    ...{ tenantId: row.tenant_id, name: row.tenant_name, personCount: row.person_count },
    ...{ noticedAt: row.noticed_at, toldAt: row.told_at },
    ...{ tellAskedAt: row.tell_asked_at, tellAskedBy: row.tell_asked_by },
    ...{ authorityToldAt: row.authority_told_at, authorityToldBy: row.authority_told_by },
    authorityReference: row.authority_reference,
  };
}
