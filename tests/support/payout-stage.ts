/**
 * A time-skipping Temporal server for runs of money out, whose steps are whatever the test put on
 * stage. The default provider takes every payout and says that it was paid a moment later.
 */
import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type {
  AuthorisationSteps,
  BalanceSteps,
  BatchSteps,
  DisbursementSteps,
  PayoutCalls,
} from '../../activities/disbursement-steps.ts';
import { decideStanding, type Evidence } from '../../domain/disbursements/decide.ts';
import { id } from '../../domain/ids.ts';
import { openTemporalGateway, type TemporalGateway } from '../../temporal/client.ts';
import { queues } from '../../temporal/queues.ts';
import { registerSearchAttributes } from '../../temporal/setup-namespace.ts';
import { disbursementWorkflowId } from '../../temporal/workflow-ids.ts';
import type { DecideVerdict } from '../../workflows/types.ts';
import type { DisburseInput, PayoutState } from '../../workflows/disbursement-types.ts';
import {
  installQuietRuntime,
  openTimeSkipping,
  testBundle,
  testDataConverter,
} from './temporal.ts';
import { until } from './until.ts';

export type PayoutSteps = AuthorisationSteps &
  DisbursementSteps &
  PayoutCalls &
  BatchSteps &
  BalanceSteps;

export interface PayoutStage {
  env: TestWorkflowEnvironment;
  gateway: TemporalGateway;
  /** Replaced by each test. */
  steps: Partial<PayoutSteps>;
  /** The steps called so far, in order. */
  calls: string[];
  close(): Promise<void>;
}

const stepNames = [
  ...(['judgeFraud', 'holdPayout', 'admitPayout', 'approvePayout', 'stopPayout'] as const),
  ...(['wasSendingBegun', 'settlePayout', 'flagPayout', 'sendPayout', 'askPayoutStatus'] as const),
  ...(['askProvider', 'wasAnswered', 'approveBatch', 'stopBatch', 'nextPayouts'] as const),
  'finishBatch',
] as const satisfies readonly (keyof PayoutSteps)[];

/** Starts server and workers; `maxCachedWorkflows: 0` makes every workflow task replay its run. */
export async function openPayoutStage(
  options: { maxCachedWorkflows?: number; kek?: Buffer } = {},
): Promise<PayoutStage> {
  installQuietRuntime();
  const dataConverter = testDataConverter(options.kek);
  const env = await openTimeSkipping(dataConverter);
  const namespace = env.namespace ?? 'default';
  await registerSearchAttributes(env.connection, namespace);
  const via = { connection: env.connection, address: env.address, namespace };
  const gateway = openTemporalGateway({ ...via, uiUrl: 'http://ui', dataConverter });
  const stage: PayoutStage = { env, gateway, steps: {}, calls: [], close: async () => {} };
  const shared = {
    ...{ connection: env.nativeConnection, namespace, dataConverter },
    activities: activitiesOf(stage),
  };
  const workers = await Promise.all([
    Worker.create({
      ...{ ...shared, taskQueue: queues.payments },
      workflowBundle: { codePath: await testBundle() },
      maxCachedWorkflows: options.maxCachedWorkflows ?? 100,
      workflowFailureErrorTypes: { '*': ['Error'] },
    }),
    Worker.create({ ...shared, taskQueue: queues.daraja }),
  ]);
  const runs = workers.map((worker) => worker.run());
  stage.close = async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(runs);
    await env.teardown();
  };
  return stage;
}

function activitiesOf(stage: PayoutStage): Record<string, (input: never) => Promise<unknown>> {
  const play = async (name: keyof PayoutSteps, input: never) => {
    stage.calls.push(name);
    const step: ((input: never) => Promise<unknown>) | undefined = stage.steps[name];
    if (step === undefined) throw new Error(`the test put no ${name} on stage`);
    return step(input);
  };
  return Object.fromEntries(stepNames.map((name) => [name, (input: never) => play(name, input)]));
}

/** What the provider knows and told so far; the standing follows from it as in the product. */
export interface Provider {
  evidence: Evidence[];
  /** How often a payout was really sent. */
  sends: number;
}

/** Steps of a payout that passes every check and is paid; the evidence is the test's to change. */
export function smoothPayout(provider: Provider): PayoutSteps {
  const allowed = {
    revenue: { check: 'revenue', verdict: 'allowed' },
    core: { check: 'core', verdict: 'allowed' },
  } as const;
  return {
    judgeFraud: async () => ({ check: 'fraud', verdict: 'clear', reasons: [] }),
    holdPayout: async () => allowed,
    admitPayout: async ({ reviewReasons }) =>
      reviewReasons.length === 0
        ? { kind: 'proceed' }
        : { kind: 'approval', reasons: [...reviewReasons] },
    approvePayout: async () => {},
    stopPayout: async () => {},
    wasSendingBegun: async () => provider.sends > 0,
    settlePayout: async () => decideStanding(provider.evidence),
    flagPayout: async () => {},
    sendPayout: async () => {
      provider.sends += 1;
      provider.evidence.push({ source: 'answer', answer: 'accepted' }, paidResult);
      return { kind: 'handed-over' };
    },
    askPayoutStatus: async () => true,
    askProvider: async () => true,
    wasAnswered: async () => true,
    approveBatch: async () => {},
    stopBatch: async () => {},
    nextPayouts: async () => ({ payouts: [], lastOrdinal: null }),
    finishBatch: async () => ({ paid: 0, refused: 0, open: 0 }),
  };
}

export const paidResult: Evidence = {
  source: 'result',
  code: '0',
  isDefinite: false,
  receipt: 'UKE9A1B2C3',
};

/** Every payout waits for a second person. */
export const needsApproval: Pick<PayoutSteps, 'admitPayout'> = {
  admitPayout: async () => ({ kind: 'approval', reasons: ['It is above the limit.'] }),
};

/** Puts steps on stage and starts a payout over them. */
export async function beginPayout(
  stage: PayoutStage,
  steps: (provider: Provider) => Partial<PayoutSteps> = () => ({}),
  input: Partial<DisburseInput> = {},
) {
  const provider: Provider = { evidence: [], sends: 0 };
  stage.calls.length = 0;
  stage.steps = { ...smoothPayout(provider), ...steps(provider) };
  const tenantId = id('tenant', randomUUID());
  const disbursementId = id('disbursement', randomUUID());
  const workflowId = disbursementWorkflowId({ tenantId, disbursementId });
  const outcome = await stage.gateway.start({
    ...{ workflow: 'disburse', workflowId, tier: 'starter', summary: 'A payout for a test' },
    input: { tenantId, disbursementId, timeScale: 1, deadlineMs: 5_000, ...input },
  });
  if (outcome.kind !== 'started') throw new Error(`the run was not started: ${outcome.kind}`);
  const handle = stage.env.client.workflow.getHandle(workflowId);
  const state = () => handle.query<PayoutState>('payoutState');
  const decide = (name: string, by = 'user:checker') =>
    stage.gateway.ask<DecideVerdict>(
      { workflowId, requestId: randomUUID() },
      { name, input: { by, reason: 'As agreed.' } },
    );
  return {
    ...{ workflowId, handle, provider, state, decide },
    result: () => handle.result(),
    reaches: (phase: PayoutState['phase']) => until(async () => (await state()).phase === phase),
    news: (evidence: Evidence) => {
      provider.evidence.push(evidence);
      const input = { callbackId: randomUUID() };
      return stage.gateway.tell(workflowId, { name: 'resulted', input });
    },
    times: (name: keyof PayoutSteps) => stage.calls.filter((call) => call === name).length,
  };
}
