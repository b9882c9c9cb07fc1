import { randomUUID } from 'node:crypto';
import type { Principal } from '../../../api/auth/principal.ts';
import { settledPrincipals } from '../../../api/auth/settled-principals.ts';
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
