import { randomUUID } from 'node:crypto';
import { openTemporalGateway, priorityOf, runUrl } from '../../temporal/client.ts';
import { aStatement, testDataConverter } from '../support/temporal.ts';
import { id } from '../../domain/ids.ts';

const ui = { uiUrl: 'http://ui.test/', namespace: 'daftari' };

describe('the gateway while Temporal is away', () => {
  const gateway = openTemporalGateway({
    ...ui,
    // Nothing listens on the discard port of the loopback.
    address: '127.0.0.1:9',
    dataConverter: testDataConverter(),
    updateDeadlineMs: 1_000,
    requestDeadlineMs: 1_000,
  });
  const target = { workflowId: 'statement/a', requestId: randomUUID() };

  afterAll(() => gateway.close());

  test('a start is unavailable, so that its outbox row stays', async () => {
    expect(await gateway.start(aStatement().start)).toEqual({ kind: 'unavailable' });
  });

  test('an answer of a person is not lost silently', async () => {
    const outcome = await gateway.providePassword(target, { passwordTicket: 't' });

    expect(['unavailable', 'pending']).toContain(outcome.kind);
  });

  test('signal, cancel and ping say so', async () => {
    expect(await gateway.signalCategorised('statement/a', { categorisedCount: 1 })).toBe(
      'unavailable',
    );
    expect(await gateway.cancel('statement/a')).toBe('unavailable');
    expect(await gateway.ping()).toBe(false);
  });
});

describe('what operators are given', () => {
  test('the link of a run escapes its id', () => {
    expect(runUrl(ui, 'statement/t/abc')).toBe(
      'http://ui.test/namespaces/daftari/workflows/statement%2Ft%2Fabc',
    );
  });

  test('every tenant has a fairness key of its own, weighed by plan', () => {
    const tenantId = id('tenant', randomUUID());

    expect(priorityOf(tenantId, 'starter')).toEqual({
      priorityKey: 3,
      fairnessKey: tenantId,
      fairnessWeight: 1,
    });
    expect(priorityOf(tenantId, 'enterprise').fairnessWeight).toBe(10);
  });
});
