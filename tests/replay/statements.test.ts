/**
 * Replays the recorded histories of released versions against the workflow code as it is now: an
 * open run of any of them must go on after a deploy. Needs no server.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { temporal } from '@temporalio/proto';
import {
  historyKek,
  installQuietRuntime,
  testBundle,
  testDataConverter,
} from '../support/temporal.ts';

interface Recording {
  name: string;
  workflowId: string;
  history: { events: { eventType?: string }[] };
}

const folder = join('tests', 'fixtures', 'histories');

const recordings: Recording[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ name: file, ...JSON.parse(readFileSync(join(folder, file), 'utf8')) }));

async function replayOptions() {
  return {
    workflowBundle: { codePath: await testBundle() },
    dataConverter: testDataConverter(historyKek),
  };
}

async function replay(recording: Recording): Promise<void> {
  const history = temporal.api.history.v1.History.fromObject(recording.history);
  await Worker.runReplayHistory(await replayOptions(), history, recording.workflowId);
}

describe('recorded histories', () => {
  beforeAll(() => {
    installQuietRuntime();
  });

  test('every way a run can go is recorded', () => {
    const ways = recordings.map(({ name }) => name.split(/[\\/]/).at(-1));

    expect(ways).toEqual(
      expect.arrayContaining([
        'ingest-posted.json',
        'ingest-password.json',
        'ingest-password-expired.json',
        'ingest-mapping.json',
        'ingest-review-post.json',
        'ingest-review-refuse.json',
        'ingest-cancelled.json',
        'ingest-failed.json',
        'ingest-signalled.json',
        'undo.json',
        'mending.json',
        'row-change.json',
      ]),
    );
  });

  test.each(recordings)('$name replays', async (recording) => {
    await expect(replay(recording)).resolves.toBeUndefined();
  });

  test('a history in another order does not replay', async () => {
    const found = recordings.find(({ name }) => name.endsWith('ingest-posted.json'));
    if (found === undefined) throw new Error('nothing is recorded');
    const events = structuredClone(found.history.events);
    const changed = JSON.parse(
      JSON.stringify(events).replaceAll('proveStatement', 'postStatement'),
    );

    await expect(replay({ ...found, history: { events: changed } })).rejects.toMatchObject({
      name: 'DeterminismViolationError',
    });
  });
});
