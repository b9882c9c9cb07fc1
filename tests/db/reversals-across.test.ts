/** Reversals whose payment stands on another statement of the account. */
import { tieReversals } from '../../activities/reversal-upkeep.ts';
import { findTransaction } from '../../db/transactions.ts';
import type { TransactionId } from '../../domain/ids.ts';
import { anAccount, postStatement, undoStatement, type Row } from './fixture.ts';
import { oneTenant } from './one-tenant.ts';

const business = oneTenant();

const receipt = 'TRA0000001';
const payment = (changes: Partial<Row> = {}): Row => ({
  ...{ receipt, direction: 'out', amountCents: 50_00, minute: 1 },
  ...changes,
});
const reversal = (changes: Partial<Row> = {}): Row => ({
  ...{ receipt: 'TRA0000009', direction: 'in', amountCents: 50_00, minute: 60 },
  ...{ purpose: 'reversal', details: `Reversal of ${receipt}` },
  ...changes,
});
const other = (n: number, changes: Partial<Row> = {}): Row => ({
  ...{ receipt: `TRB${String(n).padStart(7, '0')}`, direction: 'out', amountCents: 1_00 },
  ...{ minute: n % 600, ...changes },
});

const post = (rows: Row[], number?: string) =>
  business
    .asTenant((t) => anAccount(t, number))
    .then((accountId) => postStatement(business.base.db, business.tenant, { rows, accountId }));
type Posted = Awaited<ReturnType<typeof post>>;
const idOf = ({ inserted }: Posted, place = 0): TransactionId => {
  const row = inserted.find(({ ordinal }) => ordinal === place);
  if (row === undefined) throw new Error('the row was posted');
  return row.transactionId;
};
const read = (id: TransactionId) => business.asTenant((t) => findTransaction(t, id));
const parentOf = async (posted: Posted, place = 0) => (await read(idOf(posted, place)))?.parentId;
const undo = (posted: Posted) => undoStatement(business.base.db, business.tenant, posted);

test('a reversal and its payment find each other, whichever statement is posted first', async () => {
  const paid = await post([payment(), other(1)]);
  const back = await post([other(2), reversal()]);

  expect(await parentOf(back, 1)).toBe(idOf(paid));
  expect((await read(idOf(paid)))?.children).toMatchObject([{ id: idOf(back, 1) }]);

  await business.anotherTenant();
  const early = await post([reversal()]);
  expect(await parentOf(early)).toBeNull();
  const late = await post([payment()]);
  expect(await parentOf(early)).toBe(idOf(late));
});

test('undoing either statement unties them, and posting it again ties them again', async () => {
  const paid = await post([payment()]);
  const back = await post([reversal()]);
  await undo(paid);
  expect(await parentOf(back)).toBeNull();

  const paidAgain = await post([payment()]);
  expect(await parentOf(back)).toBe(idOf(paidAgain));
  await undo(back);
  expect((await read(idOf(paidAgain)))?.children).toEqual([]);

  const backAgain = await post([reversal()]);
  expect(await parentOf(backAgain)).toBe(idOf(paidAgain));
});

test('a payment of another account, of the wrong side or too small is not the one', async () => {
  await post([payment()], '254700000009');
  await post([payment({ direction: 'in' }), payment({ amountCents: 49_99 })]);

  expect(await parentOf(await post([reversal()]))).toBeNull();
});

test('of several that fit the nearest in time is meant, across statements too', async () => {
  const far = await post([payment({ minute: 1 })]);
  const near = await post([payment({ minute: 50, twin: 1 })]);
  const back = await post([reversal({ minute: 60 })]);

  expect(idOf(near)).not.toBe(idOf(far));
  expect(await parentOf(back)).toBe(idOf(near));
});

test('reversals behind a thousand that stay untied are tied too', async () => {
  const lone = Array.from({ length: 1_001 }, (_, n) =>
    other(n, { direction: 'in', purpose: 'reversal', details: 'Reversal' }),
  );
  const back = await post([...lone, reversal()]);
  await business.base.asOwner('analyze shared.transactions, shared.statement_lines');
  const paid = await post([payment()]);

  expect(await parentOf(back, 1_001)).toBe(idOf(paid));
});

test('what was posted before anything was tied is tied once by the upkeep', async () => {
  const both = await post([payment(), reversal()]);
  const later = await post([reversal({ receipt: 'TRA0000010', amountCents: 10_00 })]);
  await business.base.asOwner(
    `update shared.transactions set parent_id = null where tenant_id = $1`,
    [business.tenant.tenantId],
  );
  await business.base.asOwner('update shared.accounts set reversals_sought_at = null');

  expect(await tieReversals(business.base.db)).toEqual({ 'reversals tied': 2 });
  expect(await parentOf(both, 1)).toBe(idOf(both));
  expect(await parentOf(later)).toBe(idOf(both));
  await business.base.asOwner(
    `update shared.transactions set parent_id = null where tenant_id = $1`,
    [business.tenant.tenantId],
  );
  expect(await tieReversals(business.base.db)).toEqual({ 'reversals tied': 0 });
});
