/** The runs of a business are found and ended on a real server, as its closing needs it. */
import { randomUUID } from 'node:crypto';
import { id } from '../../domain/ids.ts';
import { openTemporalGateway } from '../../temporal/client.ts';
import { serviceVariable } from '../support/services.ts';
import { aStatement, testDataConverter } from '../support/temporal.ts';
import { until } from '../support/until.ts';

const gateway = openTemporalGateway({
  address: serviceVariable('TEMPORAL_ADDRESS'),
  namespace: serviceVariable('TEMPORAL_NAMESPACE'),
  uiUrl: 'http://ui.test',
  dataConverter: testDataConverter(),
});
afterAll(() => gateway.close());

/** A run that waits for a worker, of which there is none. */
async function aRun(tenantId = id('tenant', randomUUID())) {
  const { start } = aStatement({ tenantId });
  const outcome = await gateway.start(start);
  expect(outcome.kind).toBe('started');
  return { tenantId, workflowId: start.workflowId };
}

test('only the runs of the tenant are listed, and what is ended is open no longer', async () => {
  const first = await aRun();
  const second = await aRun(first.tenantId);
  const other = await aRun();
  const open = () => gateway.openRuns(first.tenantId);
  const patience = { withinMs: 30_000 };
  await until(async () => (await open()).length === 2, patience);
  expect((await open()).sort()).toEqual([first.workflowId, second.workflowId].sort());

  expect(await gateway.terminate(first.workflowId, 'the business was closed')).toBe('delivered');

  await until(async () => (await open()).length === 1, patience);
  expect(await open()).toEqual([second.workflowId]);
  expect(await gateway.terminate(first.workflowId, 'again')).toBe('closed');
  await until(async () => (await gateway.openRuns(other.tenantId)).length === 1, patience);
  for (const { workflowId } of [second, other])
    await gateway.terminate(workflowId, 'the test ends');
});
