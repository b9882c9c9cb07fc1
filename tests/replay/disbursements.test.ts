/** Every way a payout can go is recorded; tests/replay/statements.test.ts replays all recordings. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

test('every way money out can go is recorded', () => {
  const folder = join('tests', 'fixtures', 'histories');
  const recorded = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
    file.split(/[\\/]/).at(-1),
  );

  expect(recorded).toEqual(
    expect.arrayContaining([
      'payout-paid.json',
      'payout-result-waited-for.json',
      'payout-refused.json',
      'payout-approved.json',
      'payout-rejected.json',
      'payout-called-back.json',
      'payout-expired.json',
      'payout-asked-about.json',
      'payout-not-sent.json',
      'reversal-paid.json',
      'late-result-booked.json',
      'payout-batch-finished.json',
      'payout-batch-expired.json',
      'balance-recorded.json',
      'balance-unanswered.json',
      'balance-not-asked.json',
    ]),
  );
});
