/** Without room in the database, work is refused with a time to come back, and reading goes on. */
import { randomUUID } from 'node:crypto';
import { toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aShortcode } from '../support/collections.ts';
import { fillDatabaseDisk } from '../support/full-disk.ts';

let stage: ApiStage;
let token: string;
let shortcodeId: string;

beforeAll(async () => {
  const pending = async () => ({ kind: 'pending' }) as const;
  stage = await openApiStage({ temporal: { startAndAsk: pending } });
  const somebody = await stage.tenant();
  token = await stage.token(somebody);
  const made: ShortcodeId = await stage.database.db.withTenant(somebody.tenantId, (t) =>
    aShortcode(t, { number: '600984' }),
  );
  shortcodeId = toPublicId('shortcode', made);
});
afterAll(() => stage.close());

const push = () => ({
  shortcodeId,
  ...{ msisdn: '0712 345 678', amountCents: 150_000, accountReference: 'INV-10442' },
});
const payout = () => ({
  ...{ shortcodeId, kind: 'business-payment', amountCents: 150_000 },
  payee: { kind: 'msisdn', msisdn: '0712 345 678' },
});
function file() {
  const form = new FormData();
  form.set('file', new Blob([`Receipt No.,Details\n${randomUUID()}\n`]), 'march.csv');
  return form;
}

test.each([
  { path: '/v1/statements', table: 'upload_chunks', wish: () => ({ body: file() }) },
  { path: '/v1/collections', table: 'collections', wish: () => ({ json: push() }) },
  { path: '/v1/disbursements', table: 'disbursements', wish: () => ({ json: payout() }) },
])('$path is refused, keeps nothing, and is taken once there is room', async (given) => {
  const send = (headers: Record<string, string>) =>
    stage.fetch(given.path, { token, headers, ...given.wish() });
  const headers = { 'idempotency-key': randomUUID() };
  const freeDisk = await fillDatabaseDisk(stage.database, given.table);

  const refused = await send(headers);
  const list = await stage.fetch(given.path, { token });
  const kept = await stage.database.asOwner(`select from shared.${given.table}`);
  await freeDisk();
  const taken = await send(headers);

  expect(problemIn(refused)).toMatchObject({ status: 503, code: 'unavailable' });
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect(list.status).toBe(200);
  expect(kept).toEqual([]);
  expect([201, 202]).toContain(taken.status);
});
