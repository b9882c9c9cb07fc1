/** Every way money can come in is recorded; tests/replay/statements.test.ts replays all recordings. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

test('every way money in can go is recorded', () => {
  const folder = join('tests', 'fixtures', 'histories');
  const recorded = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
    file.split(/[\\/]/).at(-1),
  );

  expect(recorded).toEqual(
    expect.arrayContaining([
      'collection-paid.json',
      'collection-silent.json',
      'collection-refused.json',
      'collection-cancelled.json',
      'collection-stopped.json',
      'late-collection-paid.json',
      'payment-allocated.json',
      'payment-waited-for.json',
      'payment-linked.json',
      'batch-finished.json',
      'pull-complete.json',
      'pull-not-told.json',
    ]),
  );
});
