import { randomUUID } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import type { OutboxRow } from '../../db/outbox.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { createTelemetry } from '../../telemetry.ts';
import type { StartOutcome } from '../../temporal/client.ts';
import { sealReference } from '../../temporal/password-tickets.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { startFromOutbox } from '../../workers/consumers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aStatement } from '../support/temporal.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';

describe('starting a run from the outbox', () => {
  let database: TestDatabase;
  let tenant: Somebody;
  const telemetry = createTelemetry({
    service: 'test',
    config: { logLevel: 'silent', otlpEndpoint: undefined },
  });

  beforeAll(async () => {
    database = await createTestDatabase();
    tenant = await aTenant(database.db);
  });

  afterAll(() => database.drop());

  function aRow(data: Record<string, unknown>, traceparent: string | null = null): OutboxRow {
    return {
      seq: 1,
      eventId: randomUUID(),
      tenantId: tenant.tenantId,
      kind: 'workflow',
      topic: 'workflows',
      key: 'statement/a',
      type: 'ingestStatement',
      version: 1,
      data,
      occurredAt: instantFromEpochMs(0),
      traceparent,
    };
  }

  function aGateway(outcome: StartOutcome = { kind: 'started', runId: 'run' }) {
    const started: WorkflowStart[] = [];
    const traces: (string | undefined)[] = [];
    const start = async (request: WorkflowStart) => {
      started.push(request);
      traces.push(trace.getActiveSpan()?.spanContext().traceId);
      return outcome;
    };
    return { started, traces, gateway: Object.assign(fakeGateway(), { start }) };
  }

  const startOf = () => {
    const { start } = aStatement();
    return { ...start, input: { ...start.input, tenantId: tenant.tenantId } };
  };

  test('the row becomes the start it describes, within its trace', async () => {
    const { started, traces, gateway } = aGateway();
    const start = startOf();
    const traceId = '0af7651916cd43dd8448eb211c80319c';

    const row = aRow({ ...start }, `00-${traceId}-b7ad6b7169203331-01`);
    await startFromOutbox({ db: database.db, gateway, telemetry }, row);

    expect(started).toEqual([start]);
    expect(traces).toEqual([traceId]);
  });

  test('a sealed password ticket is opened with the key of its tenant', async () => {
    const { started, gateway } = aGateway();
    const start = startOf();
    const sealedTicket = await database.db.withTenant(tenant.tenantId, async (t) =>
      sealReference(t.seal, start.workflowId, 'ticket.key'),
    );

    const row = aRow({ ...start, sealedTicket });
    await startFromOutbox({ db: database.db, gateway, telemetry }, row);

    expect(started[0]?.input).toMatchObject({ passwordTicket: 'ticket.key' });
  });

  test('a run that exists already counts as started', async () => {
    const { gateway } = aGateway({ kind: 'already-started' });

    await expect(
      startFromOutbox({ db: database.db, gateway, telemetry }, aRow({ ...startOf() })),
    ).resolves.toBeUndefined();
  });

  test('while Temporal is away the row stays', async () => {
    const { gateway } = aGateway({ kind: 'unavailable' });

    await expect(
      startFromOutbox({ db: database.db, gateway, telemetry }, aRow({ ...startOf() })),
    ).rejects.toThrow('does not take starts');
  });

  test("a row that names another tenant's statement starts nothing", async () => {
    const { started, gateway } = aGateway();
    const { start } = aStatement();

    await expect(
      startFromOutbox({ db: database.db, gateway, telemetry }, aRow({ ...start })),
    ).rejects.toThrow('no workflow we know');
    expect(started).toEqual([]);
  });
});

/** The doors a start does not use. */
function fakeGateway() {
  const unused = async () => {
    throw new Error('not part of a start');
  };
  return {
    ask: unused,
    startAndAsk: unused,
    tell: unused,
    providePassword: unused,
    provideMapping: unused,
    reviewStatement: unused,
    signalCategorised: unused,
    cancel: unused,
    lookAtBreach: unused,
    terminate: unused,
    openRuns: unused,
    runUrl: () => '',
    ping: async () => true,
    close: async () => {},
  };
}
