import { randomUUID } from 'node:crypto';
import type { FileKey } from '../../activities/statement-steps.ts';
import { patchCollection } from '../../db/collections.ts';
import { allocateArrival } from '../../db/arrivals.ts';
import { balanceOf } from '../../db/ledger.ts';
import { recordReceived } from '../../db/received-payments.ts';
import { usedMoneyOf } from '../../db/statement-money.ts';
import { findStatement } from '../../db/statements.ts';
import { suspense } from '../../domain/ledger/movements.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { insertCustomer } from '../../db/customers.ts';
import { findShortcodeByNumber } from '../../db/shortcodes.ts';
import { openRow } from '../../db/row-secrets.ts';
import { id, type CollectionId, type ShortcodeId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { aPromptedCollection, aShortcode } from '../support/collections.ts';
import { openIngestion, perform, type Ingestion } from './ingestion.ts';
import { statementsOn } from './stored-statements.ts';

interface Payment {
  receipt: string;
  amountCents: number;
  atMs: number;
  /** A number that fits what the statement shows of it. */
  msisdn: string;
  reference: string;
}

describe('a posted statement of the tenant’s own pay bill', () => {
  let stage: Ingestion;
  const { proved, categorise } = statementsOn(() => stage);

  beforeAll(async () => {
    stage = await openIngestion();
  });

  afterAll(async () => {
    expect(await stage.database.invariants()).toEqual([]);
    await stage.close();
  });

  const post = (key: FileKey) => perform(() => stage.steps().postStatement(key));

  /** Looks after the pay bill a statement is of, since long before its first row or from now on. */
  async function lookAfter(key: FileKey, since = '2020-01-01'): Promise<ShortcodeId> {
    const [account] = await stage.rows(
      `select a.number_masked as number from shared.statements s
       join shared.accounts a on a.id = s.account_id where s.id = $1`,
      [key.statementId],
    );
    const number = String(account?.['number']);
    const known = await inTenant((t) => findShortcodeByNumber(t, number));
    const shortcodeId = known?.id ?? (await inTenant((t) => aShortcode(t, { number })));
    await stage.rows('update shared.shortcodes set created_at = $2 where id = $1', [
      shortcodeId,
      since,
    ]);
    return shortcodeId;
  }

  function inTenant<T>(work: Parameters<typeof stage.database.db.withTenant<T>>[1]): Promise<T> {
    return stage.database.db.withTenant(stage.tenant.tenantId, work);
  }

  async function paymentsOf(key: FileKey): Promise<Payment[]> {
    const lines = await stage.rows(
      `select receipt, in_cents, completed_at, sealed from shared.statement_lines
       where statement_id = $1 and direction = 'in' and purpose = 'paybill.received'
       order by ordinal`,
      [key.statementId],
    );
    return inTenant(async (t) =>
      lines.map((line) => {
        const secrets = openRow(t, Buffer.from(line['sealed'] as Buffer));
        const shown = secrets.counterparty?.msisdn ?? '';
        const digits = shown.replace(/^0/, '254');
        const hidden = digits.replaceAll(/[^*]/g, '').length;
        const free = '0'.repeat(12 - (digits.length - hidden));
        return {
          receipt: String(line['receipt']),
          amountCents: Number(line['in_cents']),
          atMs: Date.parse(String(line['completed_at'])),
          msisdn: digits.replace(/\*+/, free),
          reference: secrets.accountReference ?? '',
        };
      }),
    );
  }

  async function awaiting(shortcodeId: ShortcodeId, payment: Payment): Promise<CollectionId> {
    const { amountCents, msisdn, reference: accountReference, atMs } = payment;
    const { collectionId } = await inTenant((t) =>
      aPromptedCollection(t, {
        ...{ shortcodeId, amountCents: cents(amountCents), msisdn, accountReference },
        sentAtMs: atMs - 20_000,
      }),
    );
    return collectionId;
  }

  async function stateOf(shortcodeId: ShortcodeId) {
    return stage.rows(
      `select c.id, c.status, c.receipt, array_agg(w.kind order by w.kind) as witnesses
       from shared.collections c
       left join shared.collection_witnesses w on w.collection_id = c.id
       where c.shortcode_id = $1 group by c.id, c.status, c.receipt`,
      [shortcodeId],
    );
  }

  async function arrivalsOf(shortcodeId: ShortcodeId, payments: readonly Payment[]) {
    return stage.rows(
      `select receipt, source, state from shared.received_payments
       where shortcode_id = $1 and receipt = any($2) order by receipt`,
      [shortcodeId, payments.map(({ receipt }) => receipt)],
    );
  }

  test('repairs lost callbacks, brings unknown money to the desk, and repeats nothing', async () => {
    const key = await proved({ seed: 61 });
    const payments = await paymentsOf(key);
    const shortcodeId = await lookAfter(key);
    const lost = payments[3] ?? fail();
    const collectionId = await awaiting(shortcodeId, lost);
    await inTenant((t) => patchCollection(t, collectionId, { status: 'unknown' }));

    await post(key);
    const arrivals = await arrivalsOf(shortcodeId, payments);
    await post(key);

    expect(await stateOf(shortcodeId)).toEqual([
      { id: collectionId, status: 'paid', receipt: lost.receipt, witnesses: ['statement'] },
    ]);
    expect(arrivals.map(({ receipt }) => receipt)).toEqual(
      payments.map(({ receipt }) => receipt).sort(),
    );
    expect(arrivals.filter(({ state }) => state === 'linked')).toHaveLength(1);
    expect(arrivals.filter(({ source }) => source === 'statement')).toHaveLength(
      payments.length - 1,
    );
    expect(await arrivalsOf(shortcodeId, payments)).toEqual(arrivals);
    const runs = await stage.rows(
      `select count(*)::int as count from shared.outbox
       where tenant_id = $1 and type = 'confirmPayment'`,
      [stage.tenant.tenantId],
    );
    // Those that could be somebody's are looked at by a run each; the rest waits for a person at once.
    const ofSomebody = arrivals.filter(({ state }) => state === 'received').length;
    expect(runs).toEqual([{ count: ofSomebody }]);
    expect(arrivals.filter(({ state }) => state === 'unallocated')).toHaveLength(
      payments.length - 1 - ofSomebody,
    );
  });

  test('lays money that can be nobody’s on the desk in the books, and leaves what may be somebody’s to a run', async () => {
    const key = await proved({ seed: 64 });
    const payments = await paymentsOf(key);
    const shortcodeId = await lookAfter(key);
    const named = payments.find(({ reference }) => reference !== '') ?? fail();
    await inTenant((t) =>
      insertCustomer(t, {
        ...{ id: id('customer', randomUUID()), reference: named.reference, name: 'Amina' },
        createdBy: 'user:test',
      }),
    );

    await post(key);

    const states = await arrivalsOf(shortcodeId, payments);
    const waiting = states.filter(({ state }) => state === 'unallocated');
    const own = payments.filter(({ reference }) => reference === named.reference);
    expect(waiting).toHaveLength(payments.length - own.length);
    const [books] = await stage.rows(
      `select count(*)::int as count, sum(r.amount_cents)::bigint as cents
       from shared.receipts r join shared.received_payments p
         on p.tenant_id = r.tenant_id and p.ledger_transaction_id = r.transaction_id
       where r.shortcode_id = $1 and r.receipt = any($2)`,
      [shortcodeId, payments.map(({ receipt }) => receipt)],
    );
    expect(books).toEqual({
      count: waiting.length,
      cents: String(
        payments
          .filter(({ reference }) => reference !== named.reference)
          .reduce((all, { amountCents }) => all + amountCents, 0),
      ),
    });
  });

  describe('and is undone', () => {
    async function undo(key: FileKey): Promise<void> {
      const operationId = await stage.operation(key);
      const { tenantId, statementId } = key;
      const requestedBy = stage.tenant.userId;
      await perform(() =>
        stage.steps().reverseTransactions({ tenantId, statementId, operationId, requestedBy }),
      );
    }
    async function accountOf({ statementId }: FileKey) {
      const found = await inTenant((t) => findStatement(t, statementId));
      if (found?.account === undefined || found.account === null) throw new Error('no account');
      return { statementId, accountId: found.account.id, workflowId: found.workflowId };
    }
    const heldIn = (shortcodeId: ShortcodeId) =>
      inTenant(async (t) => (await balanceOf(t, suspense(shortcodeId))).balanceCents);

    test('takes money only it told of out of the books, once, and believes it again when it is told anew', async () => {
      const key = await proved({ seed: 65 });
      const payments = await paymentsOf(key);
      const shortcodeId = await lookAfter(key);
      const before = await heldIn(shortcodeId);
      await post(key);
      await categorise(key);
      await perform(() => stage.steps().finishStatement(key));
      const brought = (await heldIn(shortcodeId)) - before;
      const [confirmed, again] = [payments[0] ?? fail(), payments[1] ?? fail()];
      const tellAgain = ({ receipt, amountCents, atMs }: Payment) =>
        inTenant((t) =>
          recordReceived(t, {
            ...{ id: id('receivedPayment', randomUUID()), shortcodeId, receipt, source: 'c2b' },
            amountCents: cents(amountCents),
            words: { reference: '', msisdn: '', name: '' },
            workflowId: `c2b/${receipt}`,
            occurredAt: instantFromEpochMs(atMs),
          }),
        );
      expect(await tellAgain(confirmed)).toMatchObject({ isNew: false });

      await undo(key);
      await undo(key);

      expect(await heldIn(shortcodeId)).toBe(before + confirmed.amountCents);
      expect(brought).toBe(payments.reduce((all, { amountCents }) => all + amountCents, 0));
      const states = await arrivalsOf(shortcodeId, payments);
      expect(states.filter(({ state }) => state !== 'withdrawn')).toEqual([
        { receipt: confirmed.receipt, source: 'c2b', state: 'unallocated' },
      ]);
      const { payment, isNew } = await tellAgain(again);
      expect(isNew).toBe(true);
      await inTenant((t) =>
        allocateArrival(t, payment, { target: undefined, workflowId: payment.workflowId }),
      );
      expect(await heldIn(shortcodeId)).toBe(before + confirmed.amountCents + again.amountCents);
    });

    test('hands money to another statement that shows it, and takes it with the last one', async () => {
      const first = await proved({ seed: 67 });
      const payments = await paymentsOf(first);
      const shortcodeId = await lookAfter(first);
      const before = await heldIn(shortcodeId);
      const second = await proved({ seed: 67 });
      for (const key of [first, second]) {
        await post(key);
        await categorise(key);
        await perform(() => stage.steps().finishStatement(key));
      }
      const brought = payments.reduce((all, { amountCents }) => all + amountCents, 0);

      await undo(first);
      expect(await heldIn(shortcodeId)).toBe(before + brought);
      await undo(second);

      expect(await heldIn(shortcodeId)).toBe(before);
      const states = await arrivalsOf(shortcodeId, payments);
      expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['withdrawn']));
    });

    test('names money that was given to somebody, which has to be taken back first', async () => {
      const key = await proved({ seed: 66 });
      const payments = await paymentsOf(key);
      const shortcodeId = await lookAfter(key);
      const repaired = payments[2] ?? fail();
      const collectionId = await awaiting(shortcodeId, repaired);
      await inTenant((t) => patchCollection(t, collectionId, { status: 'unknown' }));
      await post(key);
      const told = await accountOf(key);

      const used = await inTenant((t) => usedMoneyOf(t, told, 5));

      const { receipt, amountCents } = repaired;
      expect(used).toContainEqual({ receipt, amountCents, kind: 'collection', id: collectionId });
    });
  });

  test.each([
    { what: 'is from before the pay bill was looked after here', since: '2030-01-01', doubt: '' },
    { what: 'is of a file that was posted in doubt', since: '2020-01-01', doubt: 'needsReview' },
  ])('leaves alone what $what', async ({ since, doubt }) => {
    const key = await proved({ seed: doubt === '' ? 62 : 63 });
    const payments = await paymentsOf(key);
    const shortcodeId = await lookAfter(key, since);
    if (doubt !== '') {
      await stage.rows('update shared.statements set verdict = $2 where id = $1', [
        key.statementId,
        doubt,
      ]);
    }

    await post(key);

    expect(payments.length).toBeGreaterThan(10);
    expect(await arrivalsOf(shortcodeId, payments)).toEqual([]);
  });
});

function fail(): never {
  throw new Error('a generated statement has no fourth payment');
}
