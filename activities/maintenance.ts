/** The scheduled jobs of the house. Each counts what it did, under names people understand. */
import { anchorHeads, auditHeads } from '../db/audit-list.ts';
import { sweepAttempts } from '../db/attempts.ts';
import { sweepChallenges } from '../db/challenges.ts';
import type { Database } from '../db/database.ts';
import { expireDownload, listOverDownloads } from '../db/downloads.ts';
import { sweepEmailLinks } from '../db/email-links.ts';
import { sweepIdempotencyKeys } from '../db/idempotency.ts';
import { keepFlagRequests } from '../db/flag-requests.ts';
import { listBrokenInvariants } from '../db/invariants.ts';
import { mailBacklog } from '../db/mails.ts';
import { sweepNotices } from '../db/notices.ts';
import { outboxBacklog, sweepPublished } from '../db/outbox.ts';
import { sweepSessions } from '../db/sessions.ts';
import { sweepOrphanUploads } from '../db/uploads.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import type { Config } from '../config.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TemporalGateway } from '../temporal/client.ts';
import { askForBalances } from './balance-upkeep.ts';
import { keepBreaches } from './breach-upkeep.ts';
import { sweepCallbacks } from './callback-retention.ts';
import type { Failpoint } from './failpoint.ts';
import { keepLedgers } from './ledger-upkeep.ts';
import { startPulls } from './pulls.ts';
import { tieReversals } from './reversal-upkeep.ts';
import { keepSigningKeys } from './signing-keys.ts';
import { sweepOldUploads } from './upload-retention.ts';

export interface MaintenanceDependencies {
  db: Database;
  telemetry: Pick<Telemetry, 'log' | 'metrics'>;
  failpoint: Failpoint;
  gateway: Pick<TemporalGateway, 'lookAtBreach'>;
  config: { daraja: { timeScale: number }; jwt: Pick<Config['jwt'], 'privateKey'> };
}

export interface MaintenanceSteps {
  sweepOrphanUploads(): Promise<Record<string, number>>;
  sweepIdempotencyKeys(): Promise<Record<string, number>>;
  checkInvariants(): Promise<Record<string, number>>;
  sweepOutbox(): Promise<Record<string, number>>;
  anchorAudit(): Promise<Record<string, number>>;
  keepLedgers(): Promise<Record<string, number>>;
  sweepSignIns(): Promise<Record<string, number>>;
  startPulls(): Promise<Record<string, number>>;
  askForBalances(): Promise<Record<string, number>>;
  keepSigningKeys(): Promise<Record<string, number>>;
  sweepCallbacks(): Promise<Record<string, number>>;
  sweepOldUploads(): Promise<Record<string, number>>;
  keepFlagRequests(): Promise<Record<string, number>>;
  tieReversals(): Promise<Record<string, number>>;
  keepBreaches(): Promise<Record<string, number>>;
}

/** Broken promises listed in one log line each; the metric counts all that were found. */
const violationsMax = 1_000;
/** Published rows are kept for a while, so that an operator can see what was sent. */
const outboxDays = 7;

/** Builds the steps of the maintenance workflow. */
export function createMaintenanceActivities(d: MaintenanceDependencies): MaintenanceSteps {
  const { db } = d;
  return {
    async sweepOrphanUploads() {
      const uploads = await db.everywhere('remove uploads nobody finished', sweepOrphanUploads);
      return { 'uploads removed': sumOf(uploads), 'downloads erased': await eraseDownloads(db) };
    },
    async sweepIdempotencyKeys() {
      const keys = await db.everywhere('forget idempotency keys after 72 h', sweepIdempotencyKeys);
      return { 'keys forgotten': sumOf(keys) };
    },
    checkInvariants: () => checkInvariants(d),
    async anchorAudit() {
      const heads = await db.everywhere('read the heads of audit logs', auditHeads);
      const kept = await db.asOperator('anchor the audit logs', (operator) =>
        anchorHeads(operator, heads.flat()),
      );
      return { 'chains anchored': kept };
    },
    keepLedgers: () => keepLedgers(db, Date.now()),
    askForBalances: () =>
      askForBalances(db, { nowMs: Date.now(), timeScale: d.config.daraja.timeScale }),
    sweepSignIns: () =>
      db.asOperator('forget what signing in left behind', async (operator) => ({
        'sessions forgotten': await sweepSessions(operator),
        'attempts forgotten': await sweepAttempts(operator),
        'links forgotten': await sweepEmailLinks(operator),
        'challenges forgotten': await sweepChallenges(operator),
        'mails waiting': (await mailBacklog(operator)).count,
      })),
    keepSigningKeys: () => keepSigningKeys(d, Date.now()),
    sweepCallbacks: () => sweepCallbacks(db, Date.now()),
    sweepOldUploads: () => sweepOldUploads(db, Date.now()),
    keepFlagRequests: () => keepFlagRequests(db, instantFromEpochMs(Date.now())),
    tieReversals: () => tieReversals(db),
    keepBreaches: () => keepBreaches(d, Date.now()),
    startPulls: () => startPulls(db, Date.now()),
    async sweepOutbox() {
      const swept = await db.everywhere(
        'remove published outbox rows and old notices',
        async (operator) => ({
          removed: await sweepPublished(operator, outboxDays),
          waiting: (await outboxBacklog(operator)).count,
          notices: await sweepNotices(operator),
        }),
      );
      return {
        'rows removed': sumOf(swept.map(({ removed }) => removed)),
        'rows waiting': sumOf(swept.map(({ waiting }) => waiting)),
        'notices forgotten': sumOf(swept.map(({ notices }) => notices)),
      };
    },
  };
}

/** Files people had made, of which nothing is to be left once their time is over. */
async function eraseDownloads(db: Database): Promise<number> {
  const found = await db.everywhere('find downloads whose time is over', listOverDownloads);
  let erased = 0;
  for (const { tenant_id: tenantId, id } of found.flat()) {
    if (await db.withTenant(tenantId, (t) => expireDownload(t, id))) erased += 1;
  }
  return erased;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

async function checkInvariants(d: MaintenanceDependencies): Promise<Record<string, number>> {
  const found = await d.db.everywhere('check the invariants', (operator) =>
    listBrokenInvariants(operator, violationsMax),
  );
  const broken = found.flat();
  d.telemetry.metrics.invariantViolations.set(broken.length);
  for (const violation of broken.slice(0, 20)) {
    d.telemetry.log.error({ event: 'invariantBroken', ...violation });
  }
  return { 'violations found': broken.length };
}
