/** Statements for the suites of the API, in whatever state a test needs them. */
import { recomputeRollups } from '../../db/rollups.ts';
import { patchStatement } from '../../db/statements.ts';
import { toPublicId, type AccountId, type StatementId } from '../../domain/ids.ts';
import { businessDate } from '../../domain/time.ts';
import { aStatement, postStatement, type Row } from '../db/fixture.ts';
import type { ApiStage } from './api.ts';
import type { Somebody } from './tenants.ts';

type Status = 'processing' | 'waiting-password' | 'waiting-mapping' | 'waiting-review';

/** A payment in, one out with its charge, and one that failed. */
export const rows: Row[] = [
  { receipt: 'TBA1AAAAAA', direction: 'in', amountCents: 10_000, minute: 0 },
  { receipt: 'TBA1AAAAAB', direction: 'out', amountCents: 2_500, minute: 1 },
  { receipt: 'TBA1AAAAAB', direction: 'out', amountCents: 33, minute: 1, nature: 'charge' },
  { receipt: 'TBA1AAAAAC', direction: undefined, amountCents: 0, minute: 2 },
];

/** An owner with a token and statements in the given statuses, oldest first. */
export async function anOwner(stage: ApiStage, ...statuses: Status[]) {
  const somebody = await stage.tenant();
  const ids: StatementId[] = [];
  for (const status of statuses) {
    ids.push(
      await stage.database.db.withTenant(somebody.tenantId, async (t) => {
        const statementId = await aStatement(t, somebody.userId);
        await patchStatement(t, statementId, { status });
        return statementId;
      }),
    );
  }
  const token = await stage.token(somebody);
  const paths = ids.map((id) => `/v1/statements/${toPublicId('statement', id)}`);
  return { somebody, token, ids, paths, path: paths[0] ?? '' };
}

/** Posts rows and brings the daily figures up to date, as the product does. */
export async function post(
  stage: ApiStage,
  somebody: Somebody,
  posting: { rows: Row[]; accountId?: AccountId },
) {
  const { db } = stage.database;
  const posted = await postStatement(db, somebody, posting);
  await db.withTenant(somebody.tenantId, (t) =>
    recomputeRollups(t, posted.accountId, [businessDate('2026-01-01')]),
  );
  return posted;
}

/** An owner with one posted statement. */
export async function aPosted(stage: ApiStage) {
  const { somebody, token } = await anOwner(stage);
  const posted = await post(stage, somebody, { rows });
  const path = `/v1/statements/${toPublicId('statement', posted.statementId)}`;
  return { somebody, token, path, ...posted };
}
