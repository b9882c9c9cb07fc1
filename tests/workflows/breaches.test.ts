import { needsAttentionKey, tenantIdKey } from '../../temporal/search-attributes.ts';
import { houseTenant } from '../../temporal/schedules.ts';
import { breachWorkflowId } from '../../temporal/workflow-ids.ts';
import type { BreachLook, WatchBreachResult } from '../../workflows/breach-types.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aBreachId, openMoveStage, type MoveStage } from '../support/tenant-move-stage.ts';
import { until } from '../support/until.ts';

let on: MoveStage;
beforeAll(async () => {
  on = await openMoveStage();
});
afterAll(() => on.close());

const hourMs = 3_600_000;
const closed: BreachLook = { isClosed: true, nextAt: null, overCount: 0 };

async function begin(look: MoveStage['lookAtBreach']) {
  on.looks.length = 0;
  on.lookAtBreach = look;
  const breachId = aBreachId();
  const lookAgain = () => on.stage.gateway.lookAtBreach(breachId);
  expect(await lookAgain()).toBe('delivered');
  const handle = on.stage.env.client.workflow.getHandle(breachWorkflowId(breachId));
  return { handle, lookAgain, result: (): Promise<WatchBreachResult> => handle.result() };
}

describe('watchBreach', () => {
  test('looks at once and then at each time something is due, by the clock of the run', async () => {
    const began = await on.stage.env.currentTimeMs();
    const dueMs = [36, 48, 60, 72].map((hours) => began + hours * hourMs);
    const { result } = await begin(({ nowMs }) => {
      const next = dueMs.find((ms) => ms > nowMs);
      return next === undefined
        ? closed
        : { isClosed: false, nextAt: instantFromEpochMs(next), overCount: 0 };
    });

    expect(await result()).toMatchObject({ status: 'closed' });
    for (const ms of dueMs)
      expect(on.looks.some((nowMs) => nowMs >= ms && nowMs < ms + 60_000)).toBe(true);
    // The signal that came with the start may have made it look twice at the beginning.
    expect(on.looks.length).toBeLessThanOrEqual(dueMs.length + 2);
  });

  test('looks again when it is told that something changed, and ends when the matter does', async () => {
    let isClosed = false;
    const { handle, lookAgain, result } = await begin(() => ({
      ...{ isClosed, nextAt: null, overCount: 1 },
    }));
    await until(async () => {
      const { typedSearchAttributes } = await handle.describe();
      return typedSearchAttributes.get(needsAttentionKey) === true;
    });
    const { typedSearchAttributes, status } = await handle.describe();
    expect(typedSearchAttributes.get(tenantIdKey)).toBe(houseTenant);
    expect(status.name).toBe('RUNNING');

    isClosed = true;
    expect(await lookAgain()).toBe('delivered');

    expect((await result()).looks).toBeGreaterThan(1);
    // Nobody is left to be told, and no second run begins.
    expect(await lookAgain()).toBe('closed');
  });
});
