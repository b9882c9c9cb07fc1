/**
 * Records the histories of moving a tenant, for tests/replay. Recordings of released versions are
 * never replaced: `node scripts/record-tenant-histories.ts v0.3` writes new ones.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { historyKek } from '../tests/support/temporal.ts';
import {
  aBreachId,
  aClosing,
  aDownload,
  aMove,
  anExport,
  anImport,
  aSubject,
  openMoveStage,
  smoothMove,
} from '../tests/support/tenant-move-stage.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import { breachWorkflowId } from '../temporal/workflow-ids.ts';
import type { DownloadStart } from '../workflows/download-types.ts';
import type { TenantStart } from '../workflows/tenant-types.ts';
import { until } from '../tests/support/until.ts';

const version = process.argv[2] ?? 'v0.2';
const folder = resolve(import.meta.dirname, '../tests/fixtures/histories', version);
mkdirSync(folder, { recursive: true });
const on = await openMoveStage({ kek: historyKek });
const starts: Readonly<Record<string, TenantStart | DownloadStart>> = {
  'export-expired': anExport(),
  'download-ready': aDownload(),
  'import-done': anImport(),
  'closing-erased': aClosing(),
  'subject-forgotten': aSubject(),
};
const differing = async () => ({ differing: ['accounts'], rowCount: 12 });
for (const [name, steps, decision] of [
  ['move-confirmed', {}, 'confirm'],
  ['move-unanswered', {}, undefined],
  ['move-rolled-back', {}, 'roll-back'],
  ['move-abandoned', { finishCopy: differing }, undefined],
  ['export-expired', {}, undefined],
  ['download-ready', {}, undefined],
  ['import-done', {}, undefined],
  ['closing-erased', {}, 'approve'],
  ['subject-forgotten', {}, undefined],
] as const) {
  const file = join(folder, `${name}.json`);
  if (existsSync(file)) {
    console.log(`${file} is recorded already; name a new version to record it anew`);
    continue;
  }
  on.rounds = [
    { changed: 5, left: 1 },
    { changed: 1, left: 0 },
  ];
  on.steps = { ...smoothMove(), ...steps };
  const start = starts[name] ?? aMove();
  const { workflowId } = start;
  await on.stage.gateway.start(start);
  if (decision !== undefined) await until(() => wasDecided(workflowId, decision));
  await keep(file, workflowId);
}
await recordBreach();
await on.close();

/** One that waits for a clock, then for somebody, and is closed. */
async function recordBreach(): Promise<void> {
  const file = join(folder, 'breach-closed.json');
  if (existsSync(file)) return;
  const breachId = aBreachId();
  const beganMs = await on.stage.env.currentTimeMs();
  const dueMs = beganMs + 36 * 3_600_000;
  let isClosed = false;
  on.lookAtBreach = ({ nowMs }) => ({
    ...{ isClosed, overCount: nowMs < dueMs ? 0 : 1 },
    nextAt: nowMs < dueMs ? instantFromEpochMs(dueMs) : null,
  });
  await on.stage.gateway.lookAtBreach(breachId);
  await on.stage.env.sleep(dueMs + 1_000 - beganMs);
  await until(() => on.looks.some((nowMs) => nowMs >= dueMs));
  isClosed = true;
  await on.stage.gateway.lookAtBreach(breachId);
  await keep(file, breachWorkflowId(breachId));
}

async function keep(file: string, workflowId: string): Promise<void> {
  const handle = on.stage.env.client.workflow.getHandle(workflowId);
  await handle.result();
  const history = await handle.fetchHistory();
  writeFileSync(file, `${JSON.stringify({ workflowId, history }, withoutMachine, 1)}\n`);
  console.log(file);
}

async function wasDecided(workflowId: string, decision: string): Promise<boolean> {
  const target = { workflowId, requestId: randomUUID() };
  const input = { decision, actor: 'user:recorded', note: null };
  const answer = await on.stage.gateway.ask<{ accepted: boolean }>(target, {
    name: decision === 'approve' ? 'decideClosing' : 'decideMove',
    input,
  });
  return answer.kind === 'answered' && answer.verdict.accepted;
}

/** Worker and client identities name the machine they ran on. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'identity' ? 'recorded' : value;
}
