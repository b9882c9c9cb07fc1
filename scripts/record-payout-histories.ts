/**
 * Records one history of every way a payout can go, for tests/replay. Run it for each release
 * (`node scripts/record-payout-histories.ts v0.2`) and commit what it writes: recordings that are there
 * are never replaced, because runs of those versions may still be open.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Evidence } from '../domain/disbursements/decide.ts';
import { id } from '../domain/ids.ts';
import {
  balanceWorkflowId,
  disbursementWorkflowId,
  lateResultWorkflowId,
  payoutBatchWorkflowId,
} from '../temporal/workflow-ids.ts';
import type { DisbursementStart } from '../workflows/disbursement-types.ts';
import { historyKek } from '../tests/support/temporal.ts';
import {
  beginPayout,
  needsApproval,
  openPayoutStage,
  paidResult,
  smoothPayout,
  type PayoutSteps,
  type Provider,
} from '../tests/support/payout-stage.ts';

type Begun = Awaited<ReturnType<typeof beginPayout>>;

interface Scenario {
  name: string;
  steps?: (provider: Provider) => Partial<PayoutSteps>;
  act?: (run: Begun) => Promise<unknown>;
}

const accepted: Evidence = { source: 'answer', answer: 'accepted' };
const answering = (evidence: Evidence) => (provider: Provider) => ({
  sendPayout: async () => {
    provider.sends += 1;
    provider.evidence.push(evidence);
    return { kind: 'handed-over' as const };
  },
});
const decided = (name: string) => async (run: Begun) => {
  await run.reaches('waiting-approval');
  await run.decide(name);
};
const told = (evidence: Evidence) => async (run: Begun) => {
  await run.reaches('waiting-result');
  await run.news(evidence);
};
const declined: Evidence = { source: 'result', code: '1', isDefinite: true, receipt: null };

const scenarios: readonly Scenario[] = [
  { name: 'payout-paid' },
  { name: 'payout-result-waited-for', steps: answering(accepted), act: told(paidResult) },
  { name: 'payout-refused', steps: answering(accepted), act: told(declined) },
  { name: 'payout-approved', steps: () => needsApproval, act: decided('approve') },
  { name: 'payout-rejected', steps: () => needsApproval, act: decided('reject') },
  { name: 'payout-called-back', steps: () => needsApproval, act: decided('callBack') },
  { name: 'payout-expired', steps: () => needsApproval },
  {
    name: 'payout-asked-about',
    steps: (provider) => ({
      ...answering({ source: 'answer', answer: 'unknown' })(provider),
      askPayoutStatus: async () => {
        const status = { source: 'status', status: 'completed', isSettled: false } as const;
        provider.evidence.push({ ...status, receipt: 'UKE9A1B2C3' });
        return true;
      },
    }),
  },
  {
    name: 'payout-not-sent',
    steps: () => ({
      sendPayout: async () => ({ kind: 'not-sent', cause: 'rate-limited', retryAfterMs: 50 }),
    }),
  },
];

const tenantId = id('tenant', randomUUID());
const disbursementId = id('disbursement', randomUUID());
const key = { tenantId, disbursementId };
const about = { tier: 'starter', summary: 'A run to be recorded' } as const;
const pace = { timeScale: 1, deadlineMs: 5_000 };

/** The runs beside single payouts. */
const others: readonly {
  name: string;
  start: DisbursementStart;
  steps?: Partial<PayoutSteps>;
}[] = [
  {
    name: 'reversal-paid',
    start: {
      ...{ ...about, workflow: 'reverseCollection' },
      workflowId: disbursementWorkflowId({ ...key, isReversal: true }),
      input: { ...key, ...pace },
    },
  },
  {
    name: 'late-result-booked',
    start: {
      ...{ ...about, workflow: 'settleLateResult', input: key },
      workflowId: lateResultWorkflowId({ ...key, callbackId: id('callback', randomUUID()) }),
    },
    steps: {
      settlePayout: async () => ({ status: 'paid', receipt: 'UKE9A1B2C3', isDisputed: true }),
    },
  },
  batch('payout-batch-finished', {}),
  batch('payout-batch-expired', { needsApproval: true }),
  balance('balance-recorded', {}),
  balance('balance-unanswered', { wasAnswered: async () => false }),
  balance('balance-not-asked', { askProvider: async () => false }),
];

function batch(name: string, { needsApproval = false }: { needsApproval?: boolean }) {
  const batchId = id('payoutBatch', randomUUID());
  const rows = [1, 2, 3].map((ordinal) => {
    const row = { tenantId, disbursementId: id('disbursement', randomUUID()) };
    const { disbursementId: payoutId } = row;
    return { ordinal, disbursementId: payoutId, workflowId: disbursementWorkflowId(row) };
  });
  const start: DisbursementStart = {
    ...{ ...about, workflow: 'payoutBatch' },
    workflowId: payoutBatchWorkflowId({ tenantId, batchId, round: 0 }),
    input: { tenantId, batchId, round: 0, needsApproval, ...pace },
  };
  const steps: Partial<PayoutSteps> = {
    nextPayouts: async ({ afterOrdinal }) =>
      afterOrdinal === 0
        ? { payouts: rows, lastOrdinal: rows.length }
        : { payouts: [], lastOrdinal: null },
    finishBatch: async () => ({ paid: rows.length, refused: 0, open: 0 }),
  };
  return { name, start, steps };
}

function balance(name: string, steps: Partial<PayoutSteps>) {
  const queryId = randomUUID();
  const start: DisbursementStart = {
    ...{ ...about, workflow: 'checkBalance' },
    workflowId: balanceWorkflowId({ tenantId, queryId }),
    input: {
      ...{ tenantId, queryId, shortcodeId: id('shortcode', randomUUID()) },
      ...{ askedBy: 'user:maker', timeScale: 1 },
    },
  };
  return { name, start, steps };
}

/** Worker and client identities name the machine they ran on. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'identity' ? 'recorded' : value;
}

const version = process.argv[2] ?? 'v0.2';
const folder = resolve(import.meta.dirname, '../tests/fixtures/histories', version);
mkdirSync(folder, { recursive: true });
const stage = await openPayoutStage({ kek: historyKek });
const fileOf = (name: string) => join(folder, `${name}.json`);

async function save(name: string, workflowId: string): Promise<void> {
  const handle = stage.env.client.workflow.getHandle(workflowId);
  await handle.result().catch(() => {});
  const history = await handle.fetchHistory();
  const text = JSON.stringify({ workflowId, history }, withoutMachine, 1);
  writeFileSync(fileOf(name), `${text}\n`);
  console.log(name);
}

for (const { name, steps, act } of scenarios) {
  if (existsSync(fileOf(name))) continue;
  const run = await beginPayout(stage, steps);
  await act?.(run);
  await save(name, run.workflowId);
}
for (const { name, start, steps } of others) {
  if (existsSync(fileOf(name))) continue;
  stage.steps = { ...smoothPayout({ evidence: [], sends: 0 }), ...steps };
  await stage.gateway.start(start);
  await save(name, start.workflowId);
}
await stage.close();
