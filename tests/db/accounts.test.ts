import fc from 'fast-check';
import { findAccount, findOrCreateAccount, listAccounts, noteUnused } from '../../db/accounts.ts';
import {
  findMapping,
  findMappingByFingerprint,
  saveMapping,
  touchMapping,
} from '../../db/mappings.ts';
import { coverageMatters } from '../../db/coverage.ts';
import { patchStatement } from '../../db/statements.ts';
import { id, type AccountId } from '../../domain/ids.ts';
import { addDays, businessDate, daysBetween, instantFromEpochMs } from '../../domain/time.ts';
import { aStatement, anAccount } from './fixture.ts';
import { oneTenant } from './one-tenant.ts';

const business = oneTenant();

describe('accounts', () => {
  test('one number is one account, and the number itself is nowhere in clear', async () => {
    const account = {
      kind: 'till' as const,
      number: '123456',
      numberMasked: '12**56',
      label: 'Till',
      holderName: 'Mama Njeri',
    };
    const made = await Promise.all(
      [1, 2, 3].map(() => business.asTenant((t) => findOrCreateAccount(t, account))),
    );
    expect(new Set(made.map((one) => one.id)).size).toBe(1);
    const found = await business.asTenant((t) => findAccount(t, made[0]?.id ?? id('account', '')));
    expect(found).toMatchObject({ holderName: 'Mama Njeri', numberMasked: '12**56' });
    const stored = await business.base.asOwner(
      'select row_to_json(a)::text as text from shared.accounts a',
    );
    expect(JSON.stringify(stored)).not.toMatch(/123456|Mama/);
  });

  /** A posted statement over these days. */
  async function posted(accountId: AccountId, [from, to]: readonly [string, string]) {
    const at = instantFromEpochMs(Date.parse(from));
    await business.asTenant(async (t) => {
      await patchStatement(t, await aStatement(t, business.tenant.userId), {
        accountId,
        status: 'posted',
        postedAt: at,
        periodFrom: businessDate(from),
        periodTo: businessDate(to),
        firstAt: at,
        lastAt: at,
      });
    });
  }

  test('show how many statements cover which days, joined where they touch, and the gaps', async () => {
    const accountId = await business.asTenant((t) => anAccount(t));
    await posted(accountId, ['2026-01-01', '2026-01-31']);
    await posted(accountId, ['2026-04-01', '2026-04-30']);
    await posted(accountId, ['2026-02-01', '2026-02-28']);
    await posted(accountId, ['2026-02-10', '2026-03-05']);

    const [summary] = await business.asTenant(listAccounts);

    expect(summary).toMatchObject({
      id: accountId,
      statementCount: 4,
      firstAt: '2026-01-01T00:00:00.000Z',
      latestBalanceCents: null,
      coverage: [
        { from: '2026-01-01', to: '2026-03-05' },
        { from: '2026-04-01', to: '2026-04-30' },
      ],
      gaps: [{ from: '2026-03-06', to: '2026-03-31' }],
    });
  });

  test('with a gap, or without a statement for long, are named with their days', async () => {
    const accountId = await business.asTenant((t) => anAccount(t));
    await posted(accountId, ['2026-01-01', '2026-01-31']);
    const matters = (today: string) =>
      business.asTenant((t) =>
        coverageMatters(t, { today: businessDate(today), staleAfterDays: 35, limit: 9 }),
      );
    await expect(matters('2026-03-07')).resolves.toEqual([]);
    await expect(matters('2026-03-08')).resolves.toMatchObject([
      { kind: 'account-stale', from: '2026-02-01', to: '2026-03-08', count: 36 },
    ]);

    await posted(accountId, ['2026-02-03', '2026-02-28']);
    await posted(accountId, ['2026-03-05', '2026-03-08']);

    await expect(matters('2026-03-08')).resolves.toMatchObject([
      {
        kind: 'account-gap',
        subjectId: accountId,
        from: '2026-03-01',
        to: '2026-03-04',
        count: 2 + 4,
      },
    ]);
  });

  test('one that is no longer used is not missed, until a statement shows that it is', async () => {
    const accountId = await business.asTenant((t) => anAccount(t));
    await posted(accountId, ['2026-01-01', '2026-01-31']);
    const since = instantFromEpochMs(Date.parse('2026-02-10'));
    const stale = (today: string) =>
      business.asTenant((t) =>
        coverageMatters(t, { today: businessDate(today), staleAfterDays: 35, limit: 9 }),
      );
    const note = (value: typeof since | null) =>
      business.asTenant((t) => noteUnused(t, accountId, value));

    expect([await note(since), await note(since)]).toEqual(['changed', 'same']);
    await expect(stale('2026-05-01')).resolves.toEqual([]);
    expect(await business.asTenant(listAccounts)).toMatchObject([{ unusedSince: since }]);
    await note(null);
    await expect(stale('2026-05-01')).resolves.toHaveLength(1);

    await note(since);
    await posted(accountId, ['2026-02-11', '2026-02-28']);
    expect(await business.asTenant(listAccounts)).toMatchObject([{ unusedSince: null }]);
    const again = await stale('2026-05-01');
    expect(again.map(({ kind }) => kind).sort()).toEqual(['account-gap', 'account-stale']);
  });

  test('gaps and covered days together are every day, each once', async () => {
    const day = fc.integer({ min: 0, max: 40 });
    const stretches = fc.array(fc.tuple(day, fc.integer({ min: 0, max: 9 })), {
      minLength: 1,
      maxLength: 6,
    });
    const start = businessDate('2026-01-01');
    await fc.assert(
      fc.asyncProperty(stretches, async (drawn) => {
        await business.anotherTenant();
        const accountId = await business.asTenant((t) => anAccount(t));
        const days = new Set<string>();
        for (const [from, more] of drawn) {
          await posted(accountId, [addDays(start, from), addDays(start, from + more)]);
          for (let n = from; n <= from + more; n += 1) days.add(addDays(start, n));
        }
        const [summary] = await business.asTenant(listAccounts);
        const { coverage = [], gaps = [] } = summary ?? {};
        const listed = (all: typeof gaps) =>
          all.flatMap(({ from, to }) =>
            Array.from({ length: daysBetween(from, to) + 1 }, (_, n) => addDays(from, n)),
          );
        const [first = start] = [...days].sort();
        const length = daysBetween(businessDate(first), coverage.at(-1)?.to ?? start) + 1;
        const every = Array.from({ length }, (_, n) => addDays(businessDate(first), n));

        expect(listed(coverage)).toEqual([...days].sort());
        expect([...listed(coverage), ...listed(gaps)].sort()).toEqual(every);
      }),
      { numRuns: 12 },
    );
  });
});

describe('mappings', () => {
  test('are remembered by the header, and the newest one replaces the one before', async () => {
    const mapping = {
      headerRow: 0,
      delimiter: ',' as const,
      dateOrder: 'day-first' as const,
      columns: { completionTime: 'Date', details: 'Narrative', amount: 'Amount' },
      signRule: 'negative-is-out' as const,
    };
    const save = (name: string) =>
      business.asTenant((t) =>
        saveMapping(t, { fingerprint: 'f1', name, mapping, createdBy: business.tenant.userId }),
      );
    const first = await save('Bank');
    const second = await save('My bank');
    expect(second.id).toBe(first.id);
    await business.asTenant((t) => touchMapping(t, first.id));
    await expect(business.asTenant((t) => findMappingByFingerprint(t, 'f1'))).resolves.toEqual({
      id: first.id,
      fingerprint: 'f1',
      name: 'My bank',
      mapping,
    });
    await expect(business.asTenant((t) => findMapping(t, first.id))).resolves.toEqual(
      await business.asTenant((t) => findMappingByFingerprint(t, 'f1')),
    );
  });
});
