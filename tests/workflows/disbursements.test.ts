import { ApplicationFailure } from '@temporalio/common';
import type { Evidence } from '../../domain/disbursements/decide.ts';
import {
  beginPayout,
  needsApproval,
  openPayoutStage,
  paidResult,
} from '../support/payout-stage.ts';
import type { PayoutStage } from '../support/payout-stage.ts';
import { cacheModes } from './ingestion-run.ts';

const accepted: Evidence = { source: 'answer', answer: 'accepted' };
const silence: Evidence = { source: 'answer', answer: 'unknown' };
const notFound: Evidence = {
  ...{ source: 'status', status: 'not-found', receipt: null, isSettled: true },
} as const;
const declined: Evidence = { ...notFound, status: 'declined' };
const completed: Evidence = { ...notFound, status: 'completed', receipt: 'UKE9A1B2C3' };
const tooLittle: Evidence = { source: 'result', code: '1', isDefinite: true, receipt: null };

describe.each(cacheModes)('disburse, $mode', ({ maxCachedWorkflows }) => {
  let stage: PayoutStage;
  beforeAll(async () => {
    stage = await openPayoutStage({ maxCachedWorkflows });
  });
  afterAll(() => stage.close());

  /** A provider that answers the request so, and nothing more by itself. */
  const answering =
    (evidence: Evidence) => (provider: { sends: number; evidence: Evidence[] }) => ({
      sendPayout: async () => {
        provider.sends += 1;
        provider.evidence.push(evidence);
        return { kind: 'handed-over' as const };
      },
    });

  test('a payout is checked, held, sent once and paid', async () => {
    const run = await beginPayout(stage);

    expect(await run.result()).toEqual({
      ...{ status: 'paid', receipt: 'UKE9A1B2C3', isDisputed: false },
    });
    expect(run.provider.sends).toBe(1);
    expect([...stage.calls.slice(0, 2).toSorted(), ...stage.calls.slice(2)]).toEqual([
      ...['holdPayout', 'judgeFraud', 'admitPayout', 'sendPayout', 'settlePayout'],
    ]);
  });

  test('a result that comes while it waits ends the wait at once', async () => {
    const run = await beginPayout(stage, answering(accepted));
    await run.reaches('waiting-result');
    await run.news(paidResult);

    expect(await run.result()).toMatchObject({ status: 'paid' });
    expect(run.times('askPayoutStatus')).toBe(0);
  });

  test('a result that comes before the answer is stored is not lost', async () => {
    const run = await beginPayout(stage, (provider) => ({
      sendPayout: async () => {
        provider.sends += 1;
        provider.evidence.push(paidResult);
        const [, handle] = [0, stage.env.client.workflow.getHandle(run.workflowId)];
        await handle.signal('resulted', { callbackId: 'early' });
        provider.evidence.push(accepted);
        return { kind: 'handed-over' };
      },
    }));

    expect(await run.result()).toMatchObject({ status: 'paid' });
  });

  test.each<[string, Evidence, object]>([
    ['completed', completed, { status: 'paid', receipt: 'UKE9A1B2C3' }],
    ['declined', declined, { status: 'refused', code: 'provider-cancelled' }],
  ])('after silence a status query that says %s settles it', async (_says, evidence, ending) => {
    const run = await beginPayout(stage, (provider) => ({
      ...answering(silence)(provider),
      askPayoutStatus: async () => {
        if (provider.sends === 1 && run.times('askPayoutStatus') === 2) await run.news(evidence);
        return true;
      },
    }));

    expect(await run.result()).toMatchObject(ending);
    expect(run.provider.sends).toBe(1);
    expect(run.times('askPayoutStatus')).toBe(2);
  });

  test('"no such payment", said twice after silence, refuses it', async () => {
    const run = await beginPayout(stage, (provider) => ({
      ...answering(silence)(provider),
      askPayoutStatus: async () => {
        await run.news(notFound);
        return true;
      },
    }));

    expect(await run.result()).toMatchObject({ status: 'refused', code: 'not-found-at-provider' });
  });

  test('a time-out notice and then a success is paid', async () => {
    const run = await beginPayout(stage, answering(accepted));
    await run.reaches('waiting-result');
    await run.news({ source: 'timeout' });
    await run.news(paidResult);

    expect(await run.result()).toMatchObject({ status: 'paid', isDisputed: false });
  });

  test('a definite failure refuses it without a question', async () => {
    const run = await beginPayout(stage, answering(accepted));
    await run.reaches('waiting-result');
    await run.news(tooLittle);

    expect(await run.result()).toMatchObject({ status: 'refused', code: 'provider-refused' });
    expect(run.times('askPayoutStatus')).toBe(0);
  });

  test('questions that cannot be asked are asked again until one is answered', async () => {
    const run = await beginPayout(stage, (provider) => ({
      ...answering(silence)(provider),
      askPayoutStatus: async () => {
        const type = 'Network.Unavailable';
        if (run.times('askPayoutStatus') < 3) {
          throw ApplicationFailure.create({ type, nonRetryable: true });
        }
        await run.news(completed);
        return true;
      },
    }));

    expect(await run.result()).toMatchObject({ status: 'paid' });
  });

  test('what certainly was not sent is tried again, then refused as not sent', async () => {
    const run = await beginPayout(stage, () => ({
      sendPayout: async () => ({ kind: 'not-sent', cause: 'rate-limited', retryAfterMs: 50 }),
    }));

    expect(await run.result()).toEqual({ status: 'refused', code: 'not-sent' });
    expect(run.times('sendPayout')).toBe(8);
    expect(run.times('stopPayout')).toBe(1);
  });

  test('a sending that died after it was begun is never begun again', async () => {
    const run = await beginPayout(stage, (provider) => ({
      sendPayout: async () => {
        provider.sends += 1;
        provider.evidence.push(paidResult);
        throw ApplicationFailure.create({ type: 'Bug', nonRetryable: true });
      },
    }));

    expect(await run.result()).toMatchObject({ status: 'paid' });
    expect(run.times('sendPayout')).toBe(1);
  });

  test('a sending that died before it was begun is made again', async () => {
    const run = await beginPayout(stage, (provider) => ({
      sendPayout: async () => {
        if (run.times('sendPayout') === 1) throw new Error('the worker died');
        provider.sends += 1;
        provider.evidence.push(accepted, paidResult);
        return { kind: 'handed-over' };
      },
    }));

    expect(await run.result()).toMatchObject({ status: 'paid' });
    expect(run.provider.sends).toBe(1);
  });

  describe('the checks', () => {
    const denied = (check: 'revenue' | 'core', code: string) => ({
      holdPayout: async () => ({
        revenue: { check: 'revenue', verdict: 'allowed' } as const,
        core: { check: 'core', verdict: 'allowed' } as const,
        [check]: { check, verdict: 'denied', code, message: 'No.' },
      }),
    });

    test.each([
      ['revenue', 'limit-exceeded'],
      ['core', 'insufficient-funds'],
    ] as const)(
      '%s that denies refuses the payout before anything is sent',
      async (check, code) => {
        const run = await beginPayout(stage, () => denied(check, code));

        expect(await run.result()).toEqual({ status: 'refused', code });
        expect(stage.calls).not.toContain('sendPayout');
        expect(run.times('stopPayout')).toBe(1);
      },
    );

    test('suspicion of fraud asks a second person', async () => {
      const run = await beginPayout(stage, () => ({
        judgeFraud: async () =>
          ({
            ...{ check: 'fraud', verdict: 'suspicious', reasons: ['New payee.'] },
          }) as const,
      }));
      await run.reaches('waiting-approval');
      await run.decide('approve');

      expect(await run.result()).toMatchObject({ status: 'paid' });
    });
  });

  describe('a second person', () => {
    test('agrees, and it goes out', async () => {
      const run = await beginPayout(stage, () => needsApproval);
      await run.reaches('waiting-approval');

      expect(await run.decide('approve')).toEqual({
        kind: 'answered',
        verdict: { accepted: true },
      });
      expect(await run.result()).toMatchObject({ status: 'paid' });
      expect(run.times('approvePayout')).toBe(1);
    });

    test('refuses, and nothing goes out', async () => {
      const run = await beginPayout(stage, () => needsApproval);
      await run.reaches('waiting-approval');
      await run.decide('reject');

      expect(await run.result()).toEqual({ status: 'refused', code: 'rejected-by-approver' });
      expect(stage.calls).not.toContain('sendPayout');
    });

    test('never comes, and it expires with what it held given back', async () => {
      const run = await beginPayout(stage, () => needsApproval);

      expect(await run.result()).toEqual({ status: 'expired', code: 'approval-expired' });
      expect(run.times('stopPayout')).toBe(1);
      expect(await run.decide('approve')).toEqual({ kind: 'closed' });
    });

    test('agrees twice: the second time finds nothing waiting', async () => {
      const run = await beginPayout(stage, (provider) => ({
        ...needsApproval,
        ...answering(accepted)(provider),
      }));
      await run.reaches('waiting-approval');
      await run.decide('approve');
      await run.reaches('waiting-result');

      expect(await run.decide('approve')).toEqual({ kind: 'not-waiting' });
      expect(await run.decide('callBack')).toEqual({ kind: 'not-waiting' });
      await run.news(paidResult);
      expect(await run.result()).toMatchObject({ status: 'paid' });
    });

    test('is not needed to call it back before it is sent', async () => {
      const run = await beginPayout(stage, () => needsApproval);
      await run.reaches('waiting-approval');
      await run.decide('callBack', 'user:maker');

      expect(await run.result()).toEqual({ status: 'cancelled', code: 'cancelled-by-user' });
      expect(run.times('stopPayout')).toBe(1);
    });

    test('a decision without a name on it is refused', async () => {
      const run = await beginPayout(stage, () => needsApproval);
      await run.reaches('waiting-approval');

      expect(await run.decide('approve', '')).toEqual({ kind: 'not-waiting' });
      await run.decide('reject');
      await run.result();
    });
  });

  test('an operator who cancels the run before it is sent gives everything back', async () => {
    const run = await beginPayout(stage, () => needsApproval);
    await run.reaches('waiting-approval');
    await stage.gateway.cancel(run.workflowId);

    expect(await run.result()).toEqual({ status: 'cancelled', code: 'cancelled-by-user' });
    expect(run.times('stopPayout')).toBe(1);
  });

  test('an operator who cancels the run after it was sent changes nothing', async () => {
    const run = await beginPayout(stage, answering(accepted));
    await run.reaches('waiting-result');
    await stage.gateway.cancel(run.workflowId);
    await run.news(paidResult);

    expect(await run.result()).toMatchObject({ status: 'paid' });
    expect(run.times('stopPayout')).toBe(0);
  });

  if (maxCachedWorkflows > 0) {
    test('a payout nobody can tell about stays unknown after a week, flagged, and was sent once', async () => {
      const run = await beginPayout(stage, answering(silence));

      expect(await run.result()).toEqual({ status: 'unknown' });
      expect(run.provider.sends).toBe(1);
      expect(run.times('flagPayout')).toBe(2);
      expect(run.times('stopPayout')).toBe(0);
      const { events = [] } = await run.handle.fetchHistory();
      expect((events ?? []).length).toBeLessThan(6_000);
    });
  }

  // Last, because the server skips no time while it counts the late check as running.
  test('a check that is late for the deadline refuses, and what is held is given back', async () => {
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const run = await beginPayout(
      stage,
      () => ({
        judgeFraud: async () => {
          await answered;
          return { check: 'fraud', verdict: 'clear', reasons: [] };
        },
      }),
      { deadlineMs: 400 },
    );

    expect(await run.result()).toEqual({ status: 'refused', code: 'checks-late' });
    answer();
    expect(run.times('stopPayout')).toBe(1);
    expect(stage.calls).not.toContain('sendPayout');
  });
});
