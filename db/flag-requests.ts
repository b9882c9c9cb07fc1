/** Requests for changes of flags, until a second operator has decided and they hold. */
import { sql, type Selectable } from 'kysely';
import { needsProblem } from '../domain/flags/constraints.ts';
import type { FlagRequestStatus, FlagStep } from '../domain/flags/requests.ts';
import type { Id } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, OperatorHandle } from './database.ts';
import { defineFlag, lockFlags } from './flags.ts';
import type { TenantEnvironment } from './platform-tables.ts';
import type { FlagRequestsTable } from './tenant-tables.ts';

export interface FlagRequest {
  id: Id<'flagRequest'>;
  environment: TenantEnvironment;
  steps: readonly FlagStep[];
  reason: string;
  /** As stored: one that is over but not yet swept still says `waiting`. */
  status: FlagRequestStatus;
  requestedBy: string;
  requestedAt: Instant;
  expiresAt: Instant;
  agreedBy: string | null;
  agreedAt: Instant | null;
  appliesAt: Instant | null;
  endedBy: string | null;
  endedAt: Instant | null;
  endReason: string | null;
}

/** Who decides, and when. */
export interface FlagDecider {
  actor: string;
  at: Instant;
}

const shownMax = 50;

/** Stores a request that waits. */
export async function insertFlagRequest(
  o: OperatorHandle,
  request: Pick<FlagRequest, 'id' | 'environment' | 'steps' | 'reason' | 'requestedBy'> &
    Pick<FlagRequest, 'requestedAt' | 'expiresAt'>,
): Promise<FlagRequest> {
  const { id, environment, steps, reason, requestedBy, requestedAt, expiresAt } = request;
  const row = await o.query
    .insertInto('platform.flag_requests')
    .values({
      ...{ id, environment, reason, steps: JSON.stringify(steps) },
      ...{ requested_by: requestedBy, requested_at: requestedAt, expires_at: expiresAt },
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toRequest(row);
}

/** The request as it is; undefined when there is none. */
export async function findFlagRequest(
  o: OperatorHandle,
  requestId: Id<'flagRequest'>,
): Promise<FlagRequest | undefined> {
  const row = await byId(o, requestId).executeTakeFirst();
  return row && toRequest(row);
}

function byId(o: OperatorHandle, requestId: Id<'flagRequest'>) {
  return o.query.selectFrom('platform.flag_requests').selectAll().where('id', '=', requestId);
}

/** The newest 50, those that are open first. */
export async function listFlagRequests(o: OperatorHandle): Promise<FlagRequest[]> {
  const rows = await o.query
    .selectFrom('platform.flag_requests')
    .selectAll()
    .orderBy(sql`status in ('waiting', 'scheduled')`, 'desc')
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(shownMax)
    .execute();
  return rows.map(toRequest);
}

/** The request, which nobody else decides meanwhile; undefined when there is none. */
export async function takeFlagRequest(
  o: OperatorHandle,
  requestId: Id<'flagRequest'>,
): Promise<FlagRequest | undefined> {
  const row = await byId(o, requestId).forUpdate().executeTakeFirst();
  return row && toRequest(row);
}

/** Notes that somebody agreed to it for later. */
export async function scheduleFlagRequest(
  o: OperatorHandle,
  { id }: FlagRequest,
  { actor, at, appliesAt }: FlagDecider & { appliesAt: Instant },
): Promise<FlagRequest> {
  return change(o, id, {
    ...{ status: 'scheduled', agreed_by: actor, agreed_at: at, applies_at: appliesAt },
  });
}

/** Ends it without any effect. */
export async function endFlagRequest(
  o: OperatorHandle,
  { id }: FlagRequest,
  end: FlagDecider & { status: 'rejected' | 'withdrawn'; reason: string | null },
): Promise<FlagRequest> {
  const { status, actor, at, reason } = end;
  return change(o, id, { status, ended_by: actor, ended_at: at, end_reason: reason });
}

/**
 * Makes the flags what was asked for, all or none. When one of them changed since, or what they need
 * is no longer there, nothing changes and the request ends as outdated.
 */
export async function applyFlagRequest(
  o: OperatorHandle,
  request: FlagRequest,
  { actor, at }: FlagDecider,
): Promise<FlagRequest> {
  if (!(await isAsItWas(o, request))) {
    return change(o, request.id, { status: 'outdated', ended_at: at });
  }
  for (const { after } of request.steps) await defineFlag(o, after, request.requestedBy);
  const agreed = request.agreedBy === null ? { agreed_by: actor, agreed_at: at } : {};
  return change(o, request.id, { status: 'applied', ...agreed, ended_at: at });
}

async function isAsItWas(o: OperatorHandle, { environment, steps }: FlagRequest) {
  // Nobody writes a flag between the look at the versions and the change.
  const flags = (await lockFlags(o)).filter((one) => one.environment === environment);
  const versions = new Map(flags.map(({ key, version }) => [key, version]));
  if (steps.some(({ before, after }) => versions.get(after.key) !== before?.version)) return false;
  const after = new Map([...flags, ...steps.map((step) => step.after)].map((f) => [f.key, f]));
  const all = [...after.values()];
  return steps.every((step) => needsProblem(step.after, all) === undefined);
}

/** Ends what nobody decided, and applies what was planned for now; one transaction each. */
export async function keepFlagRequests(
  db: Pick<Database, 'asOperator'>,
  now: Instant,
): Promise<Record<string, number>> {
  const expired = await db.asOperator('end requests for flags that nobody decided', (o) =>
    o.query
      .updateTable('platform.flag_requests')
      .set({ status: 'expired', ended_at: now })
      .where('status', '=', 'waiting')
      .where('expires_at', '<=', now)
      .executeTakeFirst(),
  );
  const counts = { applied: 0, outdated: 0 };
  for (const id of await db.asOperator('look for planned changes of flags', (o) => dueOf(o, now))) {
    const ended = await db.asOperator('apply a planned change of flags', async (o) => {
      const request = await takeFlagRequest(o, id);
      if (request?.status !== 'scheduled') return undefined;
      return applyFlagRequest(o, request, { actor: 'service:maintenance', at: now });
    });
    if (ended?.status === 'applied') counts.applied += 1;
    if (ended?.status === 'outdated') counts.outdated += 1;
  }
  return {
    'requests expired': Number(expired.numUpdatedRows),
    'changes applied': counts.applied,
    'changes outdated': counts.outdated,
  };
}

async function dueOf(o: OperatorHandle, now: Instant): Promise<Id<'flagRequest'>[]> {
  const rows = await o.query
    .selectFrom('platform.flag_requests')
    .select('id')
    .where('status', '=', 'scheduled')
    .where('applies_at', '<=', now)
    .orderBy('applies_at')
    .execute();
  return rows.map(({ id }) => id);
}

type Row = Selectable<FlagRequestsTable>;

async function change(
  o: OperatorHandle,
  requestId: Id<'flagRequest'>,
  values: Partial<Omit<Row, 'id' | 'steps'>>,
): Promise<FlagRequest> {
  const row = await o.query
    .updateTable('platform.flag_requests')
    .set(values)
    .where('id', '=', requestId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toRequest(row);
}

function toRequest({ id, environment, steps, reason, status, ...row }: Row): FlagRequest {
  return {
    ...{ id, environment, steps: steps.map(withPhases), reason, status },
    ...{ requestedBy: row.requested_by, requestedAt: row.requested_at, expiresAt: row.expires_at },
    ...{ agreedBy: row.agreed_by, agreedAt: row.agreed_at, appliesAt: row.applies_at },
    ...{ endedBy: row.ended_by, endedAt: row.ended_at, endReason: row.end_reason },
  };
}

/** What was asked for before flags had phases is about flags in use. */
function withPhases({ before, after }: FlagStep): FlagStep {
  return {
    before: before && { ...before, phase: before.phase ?? 'active' },
    after: { ...after, phase: after.phase ?? 'active' },
  };
}
