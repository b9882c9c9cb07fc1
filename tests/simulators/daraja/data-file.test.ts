import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBench, payer } from './bench-client.ts';

test('a twin with a data file goes on where it stopped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'twin-'));
  const dataFile = join(folder, 'book.json');
  const before = await openBench({ dataFile });
  const wish = { shortcode: '600984', msisdn: payer, amount: 100, accountReference: 'A' };
  const paid = await before.admin('POST', '/pay', wish);
  const accounts = await before.admin('GET', '/accounts');
  await before.push();
  await before.close();
  const after = await openBench({ dataFile });
  const book = await after.admin('GET', '/book');

  expect(await after.admin('GET', '/accounts')).toEqual(accounts);
  expect(book['transactions']).toEqual([
    expect.objectContaining({ receipt: paid['receipt'], status: 'completed' }),
    expect.objectContaining({ kind: 'stk', status: 'expired' }),
  ]);
  expect(after.twin.certificatePem).toContain('BEGIN CERTIFICATE');
  expect((await after.admin('POST', '/pay', wish))['receipt']).not.toBe(paid['receipt']);
  await after.close();
  await rm(folder, { recursive: true });
});
