/** Ids that follow from an idempotency key: a repeat finds what the first request made. */
import { randomUUID } from 'node:crypto';
import { idFor } from '../../api/request-id.ts';
import type { Call } from '../../api/route.ts';

const tenantId = randomUUID();
const userId = randomUUID();

function aCall(changes: { key?: string | undefined; path?: string; userId?: string } = {}): Call {
  const { key = 'key-of-16-characters', path = '/v1/things' } = changes;
  return {
    dependencies: { now: Date.now },
    principal: { tenantId, userId: changes.userId ?? userId },
    request: { method: 'POST', path, get: () => ('key' in changes ? changes.key : key) },
  } as unknown as Call;
}

test('the same key, caller, route and body give the same id, of the kind that was asked for', () => {
  const first = idFor(aCall(), 'collection', { amountCents: 100 });

  expect(idFor(aCall(), 'collection', { amountCents: 100 })).toBe(first);
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test.each([
  ['another key', aCall({ key: 'another-key-of-ours' }), { amountCents: 100 }],
  ['another route', aCall({ path: '/v1/others' }), { amountCents: 100 }],
  ['another person', aCall({ userId: randomUUID() }), { amountCents: 100 }],
  ['another body', aCall(), { amountCents: 200 }],
])('%s gives another id', (_what, call, body) => {
  const first = idFor(aCall(), 'collection', { amountCents: 100 });

  expect(idFor(call, 'collection', body)).not.toBe(first);
});

test('without a key every request makes something of its own', () => {
  const call = aCall({ key: undefined });

  expect(idFor(call, 'collection', {})).not.toBe(idFor(call, 'collection', {}));
});
