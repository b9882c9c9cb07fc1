import { randomUUID } from 'node:crypto';
import { Connection, ScheduleClient } from '@temporalio/client';
import { plans, syncSchedules } from '../../temporal/schedules.ts';
import { setupNamespace } from '../../temporal/setup-namespace.ts';
import { scheduleId } from '../../temporal/workflow-ids.ts';
import { serviceVariable } from '../support/services.ts';
import { until } from '../support/until.ts';

describe('a namespace of a real server', () => {
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  let connection: Connection;
  let schedules: ScheduleClient;

  beforeAll(async () => {
    connection = await Connection.connect({ address: serviceVariable('TEMPORAL_ADDRESS') });
    schedules = new ScheduleClient({ connection, namespace });
    await setupNamespace(connection, { namespace, retentionDays: 1 });
  });

  afterAll(async () => {
    await connection.operatorService.deleteNamespace({ namespace });
    await connection.close();
  });

  async function listed(): Promise<string[]> {
    const found: string[] = [];
    for await (const { scheduleId: one } of schedules.list()) found.push(one);
    return found.sort();
  }

  test('it exists, keeps runs as long as asked and knows our search attributes', async () => {
    await setupNamespace(connection, { namespace, retentionDays: 30 });

    const described = await connection.workflowService.describeNamespace({ namespace });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace,
    });
    expect(described.config?.workflowExecutionRetentionTtl?.seconds?.toString()).toBe('2592000');
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(['TenantId', 'BusinessStatus', 'NeedsAttention']),
    );
  });

  test('schedules become what the list says, and repeating it changes nothing', async () => {
    const wanted = plans.map(({ job }) => scheduleId(job)).sort();

    await syncSchedules(schedules);
    await syncSchedules(schedules);

    await until(async () => (await listed()).length === wanted.length);
    expect(await listed()).toEqual(wanted);
    const { spec, policies } = await schedules.getHandle(scheduleId('outbox')).describe();
    expect(spec.timezone).toBe('Africa/Nairobi');
    expect(policies.overlap).toBe('SKIP');
  });

  test("an operator's pause survives, a schedule nobody lists any more does not", async () => {
    await syncSchedules(schedules);
    const isPaused = async () =>
      (await schedules.getHandle(scheduleId('outbox')).describe()).state.paused;
    await schedules.getHandle(scheduleId('outbox')).pause('looking into it');
    // The server takes a pause and carries it out a moment later.
    await until(isPaused);
    await schedules.create({
      scheduleId: scheduleId('forgotten'),
      spec: { intervals: [{ every: '1 day' }] },
      action: { type: 'startWorkflow', workflowType: 'maintenance', taskQueue: 'maintenance' },
    });
    await until(async () => (await listed()).includes(scheduleId('forgotten')));

    await syncSchedules(schedules);

    await until(async () => !(await listed()).includes(scheduleId('forgotten')));
    expect(await isPaused()).toBe(true);
  });

  test('a pause between reading a schedule and writing it survives too', async () => {
    const ofOutbox = schedules.getHandle(scheduleId('outbox'));
    await syncSchedules(schedules);
    await ofOutbox.unpause();
    await until(async () => !(await ofOutbox.describe()).state.paused);
    const { workflowService } = schedules;
    // Answers with what was true before the pause, as a server does that is asked in that moment.
    const late = Object.create(workflowService, {
      describeSchedule: {
        async value(request: { scheduleId: string }) {
          const before = await workflowService.describeSchedule({ namespace, ...request });
          if (request.scheduleId === scheduleId('outbox')) {
            await ofOutbox.pause('in between');
            await until(async () => (await ofOutbox.describe()).state.paused);
          }
          return before;
        },
      },
    });
    const through = Object.create(connection, { workflowService: { value: late } });

    await syncSchedules(new ScheduleClient({ connection: through, namespace }));

    // The server takes things in order: once the run is there, the update was dealt with.
    await ofOutbox.trigger();
    await until(async () => (await ofOutbox.describe()).info.recentActions.length > 0);
    const { paused, note } = (await ofOutbox.describe()).state;
    expect({ paused, note }).toEqual({ paused: true, note: 'in between' });
  });
});
