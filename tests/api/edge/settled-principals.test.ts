import { randomUUID } from 'node:crypto';
import type { Principal } from '../../../api/auth/principal.ts';
import { settledPrincipals } from '../../../api/auth/settled-principals.ts';
import type { FindStanding } from '../../../api/auth/authentication.ts';
import { rememberedAnswers, renewedEarly } from '../../../api/auth/remembered-answers.ts';
import { id } from '../../../domain/ids.ts';

const aPrincipal = (expiresAt = 1_000): Principal => ({
  userId: id('user', randomUUID()),
  tenantId: id('tenant', randomUUID()),
  sessionId: id('session', randomUUID()),
  ...{ role: 'owner', expiresAt, signedInAt: 0 },
});

function atTime() {
  const clock = { nowMs: 0 };
  return { clock, settled: settledPrincipals(3, () => clock.nowMs) };
}

test('a principal is known by its whole header until its time is over', () => {
  const { clock, settled } = atTime();
  const principal = aPrincipal();
  settled.willKeep('Bearer a.b.c')(principal, 4_000);

  clock.nowMs = 3_999;
  expect(settled.find('Bearer a.b.c')).toBe(principal);
  expect(settled.find('Bearer a.b.d')).toBeUndefined();
  clock.nowMs = 4_000;
  expect(settled.find('Bearer a.b.c')).toBeUndefined();
});

test('a header with the same end and another beginning is nobody', () => {
  const { settled } = atTime();
  const end = 'x'.repeat(400);
  settled.willKeep(`Bearer a.${end}`)(aPrincipal(), 4_000);

  expect(settled.find(`Bearer b.${end}`)).toBeUndefined();
  expect(settled.find(end)).toBeUndefined();
});

test('nobody is known for longer than the token is good', () => {
  const { clock, settled } = atTime();
  settled.willKeep('Bearer a')(aPrincipal(2), 4_000);

  clock.nowMs = 2_000;
  expect(settled.find('Bearer a')).toBeUndefined();
});

test('an answer from before a revocation is used once and not kept', () => {
  const { settled } = atTime();
  const principal = aPrincipal();
  const keep = settled.willKeep('Bearer a');
  settled.forget();

  expect(keep(principal, 4_000)).toBe(principal);
  expect(settled.find('Bearer a')).toBeUndefined();
});

test('however many ask, no more than the limit are kept', () => {
  const { settled } = atTime();
  const names = Array.from({ length: 50 }, (_, n) => `Bearer ${n}`);

  for (const name of names) settled.willKeep(name)(aPrincipal(), 4_000);

  const kept = names.filter((name) => settled.find(name) !== undefined);
  expect(kept.length).toBeLessThanOrEqual(3);
  expect(kept).toContain('Bearer 49');
});

test('a principal near its end is asked for anew once, and is known meanwhile', () => {
  const clock = { nowMs: 0 };
  const asked: string[] = [];
  const settled = settledPrincipals(
    3,
    () => clock.nowMs,
    (header) => asked.push(header),
  );
  const [old, fresh] = [aPrincipal(), aPrincipal()];
  settled.willKeep('Bearer a')(old, 4_000);
  clock.nowMs = 2_999;
  settled.find('Bearer a');
  expect(asked).toEqual([]);

  clock.nowMs = 3_000;
  expect([settled.find('Bearer a'), settled.find('Bearer a')]).toEqual([old, old]);
  expect(asked).toEqual(['Bearer a']);
  settled.willKeep('Bearer a')(fresh, 7_000);

  clock.nowMs = 5_000;
  expect(settled.find('Bearer a')).toBe(fresh);
  expect(asked).toEqual(['Bearer a']);
});

describe('how a session stands', () => {
  const who = aPrincipal();
  type Answer = Awaited<ReturnType<FindStanding>>;

  function standing() {
    const clock = { nowMs: 0 };
    const answers: PromiseWithResolvers<Answer>[] = [];
    const find = () => {
      const answer = Promise.withResolvers<Answer>();
      answers.push(answer);
      return answer.promise;
    };
    return {
      ...{ clock, answers },
      standings: rememberedAnswers({
        ...{ ask: find, keyOf: JSON.stringify, now: () => clock.nowMs },
      }),
    };
  }
  const as = (role: 'owner' | 'analyst') => ({ role }) as NonNullable<Answer>;

  test('is asked anew while the old answer holds, which the new one follows', async () => {
    const { clock, answers, standings } = standing();
    const first = standings.find(who);
    answers[0]?.resolve(as('owner'));
    clock.nowMs = 3_000;
    const renewed = standings.renew(who);
    expect(standings.find(who)).toBe(first);
    answers[1]?.resolve(as('analyst'));
    await renewed.answer;

    expect(standings.find(who)).toBe(renewed);
    expect(renewed.untilMs).toBe(7_000);
    clock.nowMs = 6_999;
    expect(await standings.find(who).answer).toEqual(as('analyst'));
    expect(answers).toHaveLength(2);
  });

  test('is not what was asked before a revocation, and a failed look changes nothing', async () => {
    const { clock, answers, standings } = standing();
    const first = standings.find(who);
    answers[0]?.resolve(as('owner'));
    const failed = standings.renew(who);
    answers[1]?.reject(new Error('the database is away'));
    await failed.answer.catch(() => {});
    expect(standings.find(who)).toBe(first);

    const late = standings.renew(who);
    standings.forget();
    answers[2]?.resolve(as('owner'));
    await late.answer;
    clock.nowMs += 1;
    expect(standings.find(who)).not.toBe(late);
    expect(answers).toHaveLength(4);
  });

  test('is asked once more by whoever uses it in its last second, and nobody waits', async () => {
    const { clock, answers, standings } = standing();
    const early = renewedEarly(standings, () => clock.nowMs);
    const first = early.find(who);
    answers[0]?.resolve(as('owner'));
    clock.nowMs = 2_999;
    expect([early.find(who), answers.length]).toEqual([first, 1]);

    clock.nowMs = 3_000;
    expect([early.find(who), early.find(who), answers.length]).toEqual([first, first, 2]);
    answers[1]?.resolve(as('analyst'));
    await answers[1]?.promise;

    clock.nowMs = 4_500;
    expect(await early.find(who).answer).toEqual(as('analyst'));
    expect(answers).toHaveLength(2);
  });

  test('asked early, is not what comes after a revocation', async () => {
    const { clock, answers, standings } = standing();
    const early = renewedEarly(standings, () => clock.nowMs);
    early.find(who);
    clock.nowMs = 3_500;
    early.find(who);
    early.forget();
    answers[1]?.resolve(as('owner'));
    await answers[1]?.promise;
    early.find(who);
    expect(answers).toHaveLength(3);
  });
});
