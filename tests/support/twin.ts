/**
 * The twin method: a disturbed run and an undisturbed one over the same files have to end in the same
 * state, and that state has to be the truth beside the files.
 */
import type { GeneratedStatement } from '../../simulators/statements/statement.ts';
import type { ApiClient } from './api-client.ts';
import type { Running } from './processes.ts';
import { openStack, type Stack } from './stack.ts';
import { until } from './until.ts';

/** How long a run may take to end on a machine that is busy with other things. */
const patience = { withinMs: 600_000, everyMs: 200 };

/**
 * Runs a scenario on a stack of its own, gateway started, and answers the digest of the state it
 * leaves, once that state was found whole. A failure carries the last lines of all processes.
 */
export async function digestAfter(
  files: readonly GeneratedStatement[],
  scenario: (stack: Stack, client: ApiClient, gateway: Running) => Promise<void>,
): Promise<string> {
  const stack = await openStack();
  try {
    const gateway = await stack.startGateway();
    await scenario(stack, await stack.client(), gateway);
    return await restingDigest(stack, stack.tenantId, files);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${stack.output()}`, { cause: error });
  } finally {
    await stack.close();
  }
}

/** Who handles what: each leaves a mark for every event, and the marks are part of the digest. */
const consumers = [
  ['transactions.raw', 'categorizer'],
  ['transactions.categorized', 'analytics'],
  ['domain-events', 'notices'],
] as const;

/**
 * Waits until nothing is under way, then demands that no promise of the data is broken, no message
 * was given up and the rows are those of the files; answers the digest.
 */
export async function restingDigest(
  { checker, database, runs }: Pick<Stack, 'checker' | 'database' | 'runs'>,
  tenantId: string,
  files: readonly GeneratedStatement[],
): Promise<string> {
  const unhandled = async () =>
    (
      await database.asOwner(
        `select o.type from shared.outbox o
         where o.published_at is null or exists (
           select from unnest($1::text[], $2::text[]) as e(topic, consumer)
           where e.topic = o.topic and not exists (
             select from shared.consumed_events c
             where c.event_id = o.event_id and c.consumer = e.consumer))`,
        [consumers.map(([topic]) => topic), consumers.map(([, consumer]) => consumer)],
      )
    ).length;
  await until(async () => (await unhandled()) === 0, patience);
  await until(async () => (await runs('Running')).length === 0, patience);
  expect(await runs('Failed', 'Terminated', 'TimedOut', 'Canceled')).toEqual([]);
  expect(await checker.violations()).toEqual([]);
  expect(await database.asOwner('select * from platform.dead_letters')).toEqual([]);
  const truths = files.map(({ truth }) => truth);
  expect(await checker.differencesFrom(tenantId, truths)).toEqual([]);
  const digest = await checker.digest(tenantId);
  statesSeen.set(digest, await checker.canonicalRows(tenantId));
  return digest;
}

/** The canonical rows behind every digest so far, for a readable difference. */
const statesSeen = new Map<string, readonly string[]>();

/** Demands that two runs ended in the same state, and shows the first rows in which they differ. */
export function expectTwins(digest: string, twin: string): void {
  const [rows = [], twinRows = []] = [statesSeen.get(digest), statesSeen.get(twin)];
  const [known, wanted] = [new Set(rows), new Set(twinRows)];
  const surplus = rows.filter((row) => !wanted.has(row)).slice(0, 10);
  const missing = twinRows.filter((row) => !known.has(row)).slice(0, 10);
  expect({ surplus, missing }).toEqual({ surplus: [], missing: [] });
  expect(digest).toBe(twin);
}

/** Waits until a statement is posted, whole and proven. */
export async function becomesPosted(
  client: ApiClient,
  statementId: string,
  file: GeneratedStatement,
): Promise<void> {
  const statement = await client.settled(statementId, patience.withinMs);
  const { rowCount } = file.truth;
  expect(statement).toMatchObject({ status: 'posted', verdict: 'proven', rowCount });
}

/** Waits until a process is gone, and demands that it was killed and did not merely end. */
export async function diesBySigkill(process: Running): Promise<void> {
  await until(() => !process.isAlive(), patience);
  expect(await process.exited).toBe('SIGKILL');
}
