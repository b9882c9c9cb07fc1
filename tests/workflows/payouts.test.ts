import { randomUUID } from 'node:crypto';
import type { BatchPayout } from '../../activities/disbursement-steps.ts';
import { id } from '../../domain/ids.ts';
import {
  balanceWorkflowId,
  disbursementWorkflowId,
  payoutBatchWorkflowId,
} from '../../temporal/workflow-ids.ts';
import {
  openPayoutStage,
  smoothPayout,
  type PayoutStage,
  type PayoutSteps,
} from '../support/payout-stage.ts';
import { until } from '../support/until.ts';
import { cacheModes } from './ingestion-run.ts';

describe.each(cacheModes)('money out beside single payouts, $mode', ({ maxCachedWorkflows }) => {
  let stage: PayoutStage;
  beforeAll(async () => {
    stage = await openPayoutStage({ maxCachedWorkflows });
  });
  afterAll(() => stage.close());

  async function beginBatch(
    rowCount: number,
    needsApproval = false,
    more: Partial<PayoutSteps> = {},
  ) {
    const tenantId = id('tenant', randomUUID());
    const batchId = id('payoutBatch', randomUUID());
    const rows = Array.from({ length: rowCount }, (_, index): BatchPayout => {
      const disbursementId = id('disbursement', randomUUID());
      const workflowId = disbursementWorkflowId({ tenantId, disbursementId });
      return { ordinal: index + 1, disbursementId, workflowId };
    });
    stage.calls.length = 0;
    stage.steps = {
      ...smoothPayout({ evidence: [], sends: 0 }),
      nextPayouts: async ({ afterOrdinal, limit }) => {
        const payouts = rows.slice(afterOrdinal, afterOrdinal + limit);
        return { payouts, lastOrdinal: payouts.at(-1)?.ordinal ?? null };
      },
      finishBatch: async () => ({ paid: rowCount, refused: 0, open: 0 }),
      ...more,
    };
    const workflowId = payoutBatchWorkflowId({ tenantId, batchId, round: 0 });
    const pace = { timeScale: 1, deadlineMs: 60_000 };
    await stage.gateway.start({
      ...{ workflow: 'payoutBatch', workflowId, tier: 'starter', summary: 'A batch for a test' },
      input: { tenantId, batchId, round: 0, needsApproval, ...pace },
    });
    const handle = stage.env.client.workflow.getHandle(workflowId);
    const decide = (name: string) =>
      stage.gateway.ask(
        { workflowId, requestId: randomUUID() },
        { name, input: { by: 'user:checker', reason: 'As agreed.' } },
      );
    const waits = () =>
      until(
        async () =>
          (await handle.query<{ phase: string }>('payoutState')).phase === 'waiting-approval',
      );
    return { handle, decide, waits };
  }

  const sends = () => stage.calls.filter((name) => name === 'sendPayout').length;

  test('a batch pays every row in a run of its own', async () => {
    const { handle } = await beginBatch(23);

    expect(await handle.result()).toEqual({ status: 'finished', paid: 23, refused: 0, open: 0 });
    expect(sends()).toBe(23);
  });

  test('a row whose run fails leaves the others alone', async () => {
    let visits = 0;
    const { handle } = await beginBatch(3, false, {
      admitPayout: async () => {
        visits += 1;
        if (visits === 1) throw Object.assign(new TypeError('a bug'), { nonRetryable: true });
        return { kind: 'proceed' };
      },
      finishBatch: async () => ({ paid: 3, refused: 0, open: 0 }),
    });

    expect(await handle.result()).toMatchObject({ status: 'finished' });
    expect(sends()).toBe(3);
  });

  test('above the limit nothing is paid before a second person agrees', async () => {
    const { handle, waits, decide } = await beginBatch(2, true);
    await waits();
    expect(sends()).toBe(0);
    await decide('approve');

    expect(await handle.result()).toMatchObject({ status: 'finished' });
    expect(stage.calls[0]).toBe('approveBatch');
  });

  test.each([
    ['reject', 'rejected'],
    ['callBack', 'cancelled'],
  ])('%s ends it as %s with nothing paid', async (decision, status) => {
    const { handle, waits, decide } = await beginBatch(2, true);
    await waits();
    await decide(decision);

    expect(await handle.result()).toEqual({ status });
    expect(stage.calls).toEqual(['stopBatch']);
  });

  test('a batch nobody agrees to expires', async () => {
    const { handle } = await beginBatch(2, true);

    expect(await handle.result()).toEqual({ status: 'expired' });
    expect(sends()).toBe(0);
  });

  test.each<[string, Partial<PayoutSteps>, string]>([
    ['is answered', {}, 'recorded'],
    ['is never answered', { wasAnswered: async () => false }, 'unanswered'],
    ['is not taken', { askProvider: async () => false }, 'not-asked'],
  ])('a question for balances that %s ends so', async (_how, steps, status) => {
    stage.steps = { ...smoothPayout({ evidence: [], sends: 0 }), ...steps };
    const tenantId = id('tenant', randomUUID());
    const shortcodeId = id('shortcode', randomUUID());
    const queryId = randomUUID();
    const workflowId = balanceWorkflowId({ tenantId, queryId });
    await stage.gateway.start({
      ...{ workflow: 'checkBalance', workflowId, tier: 'starter', summary: 'A test' },
      input: { tenantId, shortcodeId, queryId, askedBy: 'user:test', timeScale: 1 },
    });

    const handle = stage.env.client.workflow.getHandle(workflowId);
    expect(await handle.result()).toEqual({ status });
  });
});
