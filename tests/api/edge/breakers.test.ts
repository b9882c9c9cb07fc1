import { guardDatabase, guardTemporal, openBreaker } from '../../../api/edge/breakers.ts';
import type { Database } from '../../../db/database.ts';
import type { UpdateOutcome } from '../../../temporal/client.ts';
import { id } from '../../../domain/ids.ts';

const tenantId = id('tenant', '00000000-0000-7000-8000-000000000001');

function aDatabase(answer: () => Promise<never>): { db: Database; calls: () => number } {
  let calls = 0;
  const call = () => {
    calls += 1;
    return answer();
  };
  const db: Database = {
    withTenant: call,
    asOperator: call,
    newDataKey: () => '',
    ping: async () => {},
    connections: () => ({ total: 0, idle: 0, waiting: 0 }),
    close: async () => {},
  } as unknown as Database;
  return { db, calls: () => calls };
}

async function failuresOf(db: Database, count: number): Promise<string[]> {
  const messages: string[] = [];
  for (let i = 0; i < count; i += 1) {
    await db
      .withTenant(tenantId, async () => 1)
      .catch((error: Error) => messages.push(error.message));
  }
  return messages;
}

test('five unreachable answers in a row open the breaker, and the database is left alone', async () => {
  const states: string[] = [];
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const { db, calls } = aDatabase(() => Promise.reject(refused));
  const guarded = guardDatabase(
    db,
    openBreaker('database', (_name, state) => states.push(state)),
  );

  const messages = await failuresOf(guarded, 8);

  expect(calls()).toBe(5);
  expect(states).toEqual(['open']);
  expect(messages.at(-1)).toBe('database rests: UNAVAILABLE');
});

test('refusals of the database never open it', async () => {
  const { db, calls } = aDatabase(() => Promise.reject(new Error('duplicate key')));
  const breaker = openBreaker('database', () => {});

  await failuresOf(guardDatabase(db, breaker), 20);

  expect(calls()).toBe(20);
  expect(breaker.state()).toBe('closed');
});

const asking = [
  'start',
  'ask',
  'startAndAsk',
  'providePassword',
  'provideMapping',
  'reviewStatement',
] as const;

/** A Temporal that nobody reaches, behind its breaker. */
function anAbsentTemporal() {
  let calls = 0;
  const away = async () => {
    calls += 1;
    return { kind: 'unavailable' };
  };
  const cancel = async () => (await away()).kind;
  const temporal = { ...Object.fromEntries(asking.map((name) => [name, away])), cancel };
  const breaker = openBreaker('temporal', () => {});
  const guarded = guardTemporal(temporal as never, breaker) as Record<
    (typeof asking)[number],
    () => Promise<UpdateOutcome<never>>
  > & { cancel(): Promise<string> };
  return { guarded, calls: () => calls };
}

test.each(asking)('%s of a Temporal that stays away is answered at once', async (name) => {
  const { guarded, calls } = anAbsentTemporal();

  for (let i = 0; i < 9; i += 1) expect(await guarded[name]()).toEqual({ kind: 'unavailable' });

  expect(calls()).toBe(5);
});

test('so is cancelling, and all share one breaker', async () => {
  const { guarded, calls } = anAbsentTemporal();

  for (let i = 0; i < 9; i += 1) expect(await guarded.cancel()).toBe('unavailable');
  expect(await guarded.ask()).toEqual({ kind: 'unavailable' });

  expect(calls()).toBe(5);
});
