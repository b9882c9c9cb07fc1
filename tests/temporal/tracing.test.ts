import { randomUUID } from 'node:crypto';
import { TypedSearchAttributes, type Headers } from '@temporalio/common';
import type { WorkflowStartInput } from '@temporalio/client';
import { tenantIdKey } from '../../temporal/search-attributes.ts';
import { tenantInterceptor, traceparentOf, tracingInterceptor } from '../../temporal/tracing.ts';

const tenantId = randomUUID();
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function aStart(options: Partial<WorkflowStartInput['options']> = {}): WorkflowStartInput {
  const named = { workflowId: 'statement/a', taskQueue: 'statements', args: [] };
  return { workflowType: 'ingestStatement', headers: {}, options: { ...named, ...options } };
}

const started = async () => ({ runId: 'run', eagerlyStarted: false });

describe('the tenant interceptor', () => {
  const { startWithDetails, signalWithStart } = tenantInterceptor();
  const attributes = new TypedSearchAttributes([{ key: tenantIdKey, value: tenantId }]);

  test('a start that names its tenant and weighs by it goes through', async () => {
    const input = aStart({
      typedSearchAttributes: attributes,
      priority: { fairnessKey: tenantId },
    });

    expect(await startWithDetails?.(input, started)).toMatchObject({ runId: 'run' });
  });

  test('attributes given as a list count as well', async () => {
    const input = aStart({
      typedSearchAttributes: [{ key: tenantIdKey, value: tenantId }],
      priority: { fairnessKey: tenantId },
    });

    expect(await startWithDetails?.(input, started)).toMatchObject({ runId: 'run' });
  });

  test.each([
    ['without TenantId', {}],
    ['without a fairness key', { typedSearchAttributes: attributes }],
    [
      "with another tenant's fairness key",
      { typedSearchAttributes: attributes, priority: { fairnessKey: randomUUID() } },
    ],
  ])('a start %s is refused before it leaves', (_name, options) => {
    expect(() => startWithDetails?.(aStart(options), started)).toThrow('was started without');
  });

  test('a start by signal is refused: starts go through the outbox', () => {
    const input = { ...aStart(), signalName: 'x', signalArgs: [] };

    expect(() => signalWithStart?.(input, async () => 'run')).toThrow('not in use');
  });
});

describe('the tracing interceptor', () => {
  test('a start carries the active trace', async () => {
    let sent: Headers = {};
    const { startWithDetails } = tracingInterceptor(() => traceparent);

    await startWithDetails?.(aStart(), async ({ headers }) => {
      sent = headers;
      return started();
    });

    expect(traceparentOf(sent)).toBe(traceparent);
  });

  test('without a trace nothing is added', async () => {
    let sent: Headers = { other: {} };
    const { startWithDetails } = tracingInterceptor(() => undefined);

    await startWithDetails?.(aStart(), async ({ headers }) => {
      sent = headers;
      return started();
    });

    expect(sent).toEqual({});
    expect(traceparentOf(sent)).toBeUndefined();
  });
});
