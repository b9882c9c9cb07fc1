/**
 * Closes a business: an owner asks, the house agrees, two weeks pass in which it only reads, a last
 * archive can be fetched for another week, and then its key is destroyed and its rows go. Until then
 * it can be taken back at any moment.
 */
import {
  CancellationScope,
  condition,
  defineUpdate,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { CloseSteps, ExportSteps } from '../activities/tenant-steps.ts';
import { databaseBatch } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type {
  CloseTenantInput,
  CloseTenantResult,
  ClosingVerdict,
  DecideClosingInput,
} from './tenant-types.ts';

const steps = proxyActivities<CloseSteps & ExportSteps>(databaseBatch);

export const decideClosing = defineUpdate<ClosingVerdict, [DecideClosingInput]>('decideClosing');

const dayMs = 24 * 60 * 60 * 1_000;
const reviewDays = 30;
const graceDays = 14;
const archiveDays = 7;

interface Decisions {
  approval: DecideClosingInput | undefined;
  stop: DecideClosingInput | undefined;
  isTooLate: boolean;
}

export async function closeTenant(input: CloseTenantInput): Promise<CloseTenantResult> {
  const decisions: Decisions = { approval: undefined, stop: undefined, isTooLate: false };
  setHandler(decideClosing, (asked) => decide(decisions, asked));
  return CancellationScope.nonCancellable(() => close(input, decisions));
}

function decide(decisions: Decisions, asked: DecideClosingInput): ClosingVerdict {
  const { approval, stop, isTooLate } = decisions;
  if (isTooLate) return { accepted: false, problem: 'too-late' };
  if (stop !== undefined) return { accepted: false, problem: 'decided' };
  if (asked.decision !== 'approve') {
    decisions.stop = asked;
    return { accepted: true };
  }
  if (approval !== undefined) return { accepted: false, problem: 'decided' };
  decisions.approval = asked;
  return { accepted: true };
}

async function close(input: CloseTenantInput, decisions: Decisions): Promise<CloseTenantResult> {
  const wait = (days: number) => days * dayMs * (input.timeScale ?? 1);
  const stopped = (days: number) => condition(() => decisions.stop !== undefined, wait(days));
  showEnd('asked', 'The house decides about it.', true);
  await condition(
    () => decisions.approval !== undefined || decisions.stop !== undefined,
    wait(reviewDays),
  );
  const { approval } = decisions;
  if (approval === undefined || decisions.stop !== undefined) return giveUp(input, decisions);
  const { actor, note } = approval;
  await steps.beginGrace({ ...input, actor, note, days: graceDays });
  showEnd('grace', `The business reads on for ${graceDays} days; it can be taken back.`, true);
  if (await stopped(graceDays)) return giveUp(input, decisions);
  const last = await steps.beginLastExport(input);
  await steps.exportRows(last);
  await steps.exportFiles(last);
  await steps.sealExport(last);
  await steps.noteArchive({ ...input, days: archiveDays });
  showEnd('archived', `The last archive can be fetched for ${archiveDays} days.`, true);
  if (await stopped(archiveDays)) {
    await steps.expireExport(last);
    return giveUp(input, decisions);
  }
  decisions.isTooLate = true;
  return erase(input);
}

async function giveUp(input: CloseTenantInput, { stop }: Decisions): Promise<CloseTenantResult> {
  const status = stop === undefined ? 'expired' : stopStatus[stop.decision];
  await steps.endClosing({
    ...input,
    status,
    actor: stop?.actor ?? null,
    note: stop?.note ?? null,
  });
  showEnd(status, 'The business goes on.');
  return { status };
}

const stopStatus = { approve: 'expired', decline: 'declined', withdraw: 'withdrawn' } as const;

async function erase(input: CloseTenantInput): Promise<CloseTenantResult> {
  showEnd('erasing', 'Runs are stopped, and the data is erased.');
  await steps.stopRuns(input);
  await steps.closeDoors(input);
  const { rowCount } = await steps.eraseTenant(input);
  showEnd('erased', `${rowCount} rows were erased, and the key with them.`);
  return { status: 'erased', rowCount };
}
