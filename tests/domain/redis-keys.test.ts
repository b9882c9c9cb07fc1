/** One place names what is in Redis, so that nothing of a business can be met by another. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { id } from '../../domain/ids.ts';
import { callbackChannel, houseKey, operationChannel, tenantKey } from '../../domain/redis-keys.ts';

const tenantId = id('tenant', '01939876-4111-7111-8111-111111111111');

test('what belongs to a business begins with its id, the rest with the house', () => {
  expect(tenantKey(tenantId, 'rate')).toBe(`t:${tenantId}:rate`);
  expect(operationChannel(tenantId, 'op')).toBe(`t:${tenantId}:operation:op`);
  expect(houseKey('rate', 'abc')).toBe('sys:rate:abc');
  expect(callbackChannel).toBe('sys:callbacks');
});

test('nobody names anything in Redis by hand', () => {
  const folders = ['api', 'activities', 'db', 'domain', 'temporal', 'workers', 'workflows'];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  const named = files.filter((file) =>
    /['"`](?:t|sys|auth):[\w$]/.test(readFileSync(file, 'utf8')),
  );
  expect(files.length).toBeGreaterThan(500);
  expect(named).toEqual([]);
});
