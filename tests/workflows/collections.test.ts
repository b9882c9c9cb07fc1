import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { id } from '../../domain/ids.ts';
import { businessStatusKey } from '../../temporal/search-attributes.ts';
import {
  confirmPaymentWorkflowId,
  collectBatchWorkflowId,
  lateCollectionWorkflowId,
} from '../../temporal/workflow-ids.ts';
import {
  aCollectionStart,
  beginCollection,
  openCollectionRuns,
  silentSteps,
  standing,
  type CollectionRuns,
} from '../support/collection-runs.ts';
import { until } from '../support/until.ts';

const minute = 60_000;

type Run = Awaited<ReturnType<typeof beginCollection>>;

async function shownStatus({ handle }: Run) {
  return (await handle.describe()).typedSearchAttributes.get(businessStatusKey);
}

describe.each([
  { mode: 'kept in the worker', maxCachedWorkflows: 100 },
  { mode: 'replayed on every task, as after a worker restart', maxCachedWorkflows: 0 },
])('collectByStk, $mode', ({ maxCachedWorkflows }) => {
  let runs: CollectionRuns;

  beforeAll(async () => {
    runs = await openCollectionRuns({ maxCachedWorkflows });
  });

  afterAll(() => runs.close());

  test('a callback while it waits ends it, and only one push was sent', async () => {
    let isPaid = false;
    const run = await beginCollection(runs, {
      settleCollection: async () => (isPaid ? standing('paid', '0') : standing('prompted')),
    });
    expect(await run.acceptance()).toEqual({
      kind: 'answered',
      verdict: { kind: 'prompted', customerMessage: 'Success' },
    });

    isPaid = true;
    await run.hear();

    expect(await run.result()).toEqual({ status: 'paid', code: '0' });
    expect(run.called('sendStkPush')).toBe(1);
    expect(run.called('askAboutPush')).toBe(0);
  });

  test('lists show it from the start; only its end is written to them again', async () => {
    let isPaid = false;
    const run = await beginCollection(runs, {
      settleCollection: async () => (isPaid ? standing('paid', '0') : standing('prompted')),
    });
    await run.acceptance();
    expect(await shownStatus(run)).toBe('collecting');

    isPaid = true;
    await run.hear();
    await run.result();

    expect(await shownStatus(run)).toBe('paid');
    const { events = [] } = await run.handle.fetchHistory();
    const writes = (events ?? []).filter(
      (event) => event.upsertWorkflowSearchAttributesEventAttributes,
    );
    expect(writes).toHaveLength(1);
  });

  test('silence is asked about five times, marked unresolved, asked again for a day, handed over', async () => {
    const run = await beginCollection(runs);

    const result = await run.result();

    expect(result).toEqual({ status: 'unknown', code: null });
    expect(runs.calls.map(({ name }) => name)).toEqual([
      'sendStkPush',
      ...Array.from({ length: 5 }, () => ['askAboutPush', 'settleCollection']).flat(),
      'markUnresolved',
      ...Array.from({ length: 4 }, () => ['askAboutPush', 'settleCollection']).flat(),
      ...['handOver', 'settleCollection'],
    ]);
  });

  test('a query that finds the payment ends it', async () => {
    let asked = 0;
    const run = await beginCollection(runs, {
      askAboutPush: async () => {
        asked += 1;
        return { kind: asked < 3 ? 'pending' : 'heard' };
      },
      settleCollection: async () => (asked < 3 ? standing('prompted') : standing('paid', '0')),
    });

    expect(await run.result()).toEqual({ status: 'paid', code: '0' });
    expect(run.called('askAboutPush')).toBe(3);
  });

  test('a word that settles nothing leaves the wait as it was', async () => {
    const run = await beginCollection(runs);
    await run.acceptance();

    await run.hear();
    await until(() => run.called('settleCollection') === 1);

    expect(await run.result()).toMatchObject({ status: 'unknown' });
    expect(run.called('askAboutPush')).toBe(9);
  });

  test('a refusal of the provider ends it at once and is what the caller is told', async () => {
    const run = await beginCollection(runs, {
      sendStkPush: async () => ({ kind: 'refused', code: '400.002.02', words: 'Invalid number' }),
    });

    expect(await run.result()).toEqual({ status: 'refused', code: '400.002.02' });
    expect(run.called('askAboutPush')).toBe(0);
  });

  test('what provably was not sent is tried again, and given up after two minutes', async () => {
    let tries = 0;
    const notSent = { kind: 'not-sent', cause: 'rate-limited', retryAfterMs: 5_000 } as const;
    const patient = await beginCollection(runs, {
      sendStkPush: async () => {
        tries += 1;
        return tries < 3 ? notSent : { kind: 'prompted', customerMessage: 'Success' };
      },
      settleCollection: async () => standing('paid', '0'),
    });
    expect(await patient.result()).toMatchObject({ status: 'paid' });

    const hopeless = await beginCollection(runs, { sendStkPush: async () => notSent });

    expect(await hopeless.result()).toEqual({ status: 'refused', code: 'rate-limited' });
    expect(hopeless.called('sendStkPush')).toBeGreaterThan(20);
  });

  test('an attempt whose worker died is looked up, and a lost answer is never sent again', async () => {
    let tries = 0;
    const run = await beginCollection(runs, {
      sendStkPush: async () => {
        tries += 1;
        if (tries === 1) throw ApplicationFailure.create({ message: 'died', type: 'Bug' });
        return { kind: 'silent', detail: 'lost' };
      },
      settleCollection: async () =>
        run.called('askAboutPush') > 0 ? standing('paid', '0') : standing('sending'),
    });

    expect(await run.result()).toEqual({ status: 'paid', code: '0' });
    expect(tries).toBe(2);
  });

  test('ids the database could not take at first are saved by the run', async () => {
    const unsaved = { merchantRequestId: 'm', checkoutRequestId: 'c' };
    const run = await beginCollection(runs, {
      sendStkPush: async () => ({ kind: 'prompted', customerMessage: '', unsaved }),
      settleCollection: async () => standing('paid', '0'),
    });
    await run.hear();

    await run.result();

    const saved = runs.calls.find(({ name }) => name === 'savePrompt');
    if (saved !== undefined) expect(saved.input).toMatchObject(unsaved);
    expect(run.called('sendStkPush')).toBe(1);
  });

  test('a cancellation asks once more and then ends it; a payment found by that wins', async () => {
    const cancelled = await beginCollection(runs);
    await cancelled.acceptance();
    expect(await cancelled.cancel()).toEqual({
      kind: 'answered',
      verdict: { status: 'cancelled' },
    });
    expect(await cancelled.result()).toEqual({ status: 'cancelled', code: 'cancelled' });
    expect(cancelled.called('askAboutPush')).toBe(1);

    let isPaid = false;
    const paid = await beginCollection(runs, {
      askAboutPush: async () => {
        isPaid = true;
        return { kind: 'heard' };
      },
      settleCollection: async () => (isPaid ? standing('paid', '0') : standing('prompted')),
    });
    await paid.acceptance();
    expect(await paid.cancel()).toMatchObject({ verdict: { status: 'paid' } });
  });

  test('an operator’s cancellation ends it with a result, not with a failure', async () => {
    const run = await beginCollection(runs);
    await run.acceptance();

    await runs.gateway.cancel(run.start.workflowId);

    expect(await run.result()).toEqual({ status: 'cancelled', code: 'cancelled' });
  });

  test('a question that fails is followed by the next one', async () => {
    let asked = 0;
    const run = await beginCollection(runs, {
      askAboutPush: async () => {
        asked += 1;
        if (asked <= 3) throw ApplicationFailure.create({ message: 'no net', type: 'Bug' });
        return { kind: 'heard' };
      },
      settleCollection: async () => (asked > 3 ? standing('paid', '0') : standing('prompted')),
    });

    expect(await run.result()).toEqual({ status: 'paid', code: '0' });
  });

  test('a second start of the same collection meets the first', async () => {
    const run = await beginCollection(runs, {
      settleCollection: async () => standing('paid', '0'),
    });
    await run.hear();
    await run.result();

    expect(await runs.gateway.start(run.start)).toEqual({ kind: 'already-started' });
  });

  test('start and acceptance are one call', async () => {
    runs.steps = silentSteps();
    const start = aCollectionStart();

    const outcome = await runs.gateway.startAndAsk(start, {
      ...{ name: 'awaitAcceptance', input: {}, requestId: start.input.collectionId },
    });

    expect(outcome).toMatchObject({ kind: 'answered', verdict: { kind: 'prompted' } });
    await runs.gateway.cancel(start.workflowId);
  });

  test('a late word is settled by a run of its own', async () => {
    runs.steps = { ...silentSteps(), settleCollection: async () => standing('paid', '0') };
    const { input } = aCollectionStart();
    const { tenantId, collectionId } = input;
    const witnessId = randomUUID();
    const workflowId = lateCollectionWorkflowId({ tenantId, witnessId });
    await runs.gateway.start({
      ...{ workflow: 'lateCollection', workflowId, tier: 'starter', summary: 'Late' },
      input: { tenantId, collectionId, witnessId },
    });

    const handle = runs.env.client.workflow.getHandle(workflowId);
    expect(await handle.result()).toEqual({ status: 'paid', code: '0' });
  });

  async function confirm(steps: Parameters<typeof beginCollection>[1]) {
    runs.calls.length = 0;
    runs.steps = { ...silentSteps(), ...steps };
    const tenantId = id('tenant', randomUUID());
    const receivedPaymentId = id('receivedPayment', randomUUID());
    const workflowId = confirmPaymentWorkflowId({ tenantId, receivedPaymentId });
    await runs.gateway.start({
      ...{ workflow: 'confirmPayment', workflowId, tier: 'starter', summary: 'C2B' },
      input: { tenantId, receivedPaymentId },
    });
    return runs.env.client.workflow.getHandle(workflowId).result();
  }

  test('a confirmation that fits several pushes waits for their callbacks, once', async () => {
    const tries: boolean[] = [];
    const outcome = await confirm({
      allocateReceived: async ({ isLastTry }) => {
        tries.push(isLastTry);
        return isLastTry ? { outcome: 'desk' } : { outcome: 'wait', afterMs: minute };
      },
    });

    expect(outcome).toEqual({ outcome: 'desk' });
    expect(tries).toEqual([false, true]);
  });

  test('a confirmation that is a push’s money ends the push’s wait; one that has ended needs no word', async () => {
    let isPaid = false;
    const push = await beginCollection(runs, {
      settleCollection: async () => (isPaid ? standing('paid', '0') : standing('prompted')),
    });
    await push.acceptance();
    const steps = runs.steps;
    isPaid = true;
    const linked = {
      outcome: 'linked',
      collectionWorkflowId: push.start.workflowId,
      witnessId: randomUUID(),
    } as const;
    const allocateReceived = async () => linked;

    expect(await confirm({ ...steps, allocateReceived })).toEqual({ outcome: 'linked' });
    expect(await push.result()).toEqual({ status: 'paid', code: '0' });
    expect(await confirm({ ...steps, allocateReceived })).toEqual({ outcome: 'linked' });
  });

  test('a batch starts its rows a handful at a time until none is left', async () => {
    let left = 3;
    runs.steps = {
      ...silentSteps(),
      startBatchRows: async () => {
        left -= 1;
        return { startedCount: 40, isDone: left === 0 };
      },
    };
    const tenantId = id('tenant', randomUUID());
    const batchId = id('collectionBatch', randomUUID());
    const workflowId = collectBatchWorkflowId({ tenantId, batchId });
    await runs.gateway.start({
      ...{ workflow: 'collectBatch', workflowId, tier: 'starter', summary: 'Batch' },
      input: { tenantId, batchId, timeScale: 1 },
    });

    const handle = runs.env.client.workflow.getHandle(workflowId);
    expect(await handle.result()).toEqual({ startedCount: 120 });
  });

  // Last, because the server skips no time any more once an activity outlived its run.
  test('a callback before the answer of the request is not kept waiting for it', async () => {
    const answer = Promise.withResolvers<void>();
    const run = await beginCollection(runs, {
      sendStkPush: async () => {
        await answer.promise;
        return { kind: 'prompted', customerMessage: 'Success' };
      },
      settleCollection: async () => standing('paid', '0'),
    });
    await until(() => run.called('sendStkPush') === 1);

    await run.hear();

    expect(await run.result()).toEqual({ status: 'paid', code: '0' });
    answer.resolve();
  });
});
