import { readEnvelope } from '../../../activities/kafka/envelope.ts';

const tenantId = '01890000-0000-7000-8000-000000000001';
const envelope = {
  eventId: '01890000-0000-7000-8000-000000000002',
  type: 'transactions.posted',
  version: 1,
  tenantId,
  occurredAt: '2026-11-14T06:35:41.000Z',
  data: { rows: [] },
};

function bytes(value: unknown): Buffer {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

test('a whole envelope is read as it was written', () => {
  expect(readEnvelope(bytes(envelope), tenantId)).toEqual({ ok: true, envelope });
});

test.each([
  ['nothing', null, 'not-json'],
  ['bytes that are not JSON', bytes('\u0000\u0001not json'), 'not-json'],
  ['a number', bytes(7), 'not-an-envelope'],
  ['a missing version', bytes({ ...envelope, version: undefined }), 'not-an-envelope'],
  ['a version of the wrong type', bytes({ ...envelope, version: '1' }), 'not-an-envelope'],
  ['a tenant that is no uuid', bytes({ ...envelope, tenantId: "' or 1=1" }), 'not-an-envelope'],
])('%s is refused by name', (_what, value, problem) => {
  expect(readEnvelope(value, undefined)).toEqual({ ok: false, problem });
});

test('a body that names another tenant than its header is refused', () => {
  const header = '01890000-0000-7000-8000-000000000009';

  expect(readEnvelope(bytes(envelope), header)).toEqual({ ok: false, problem: 'tenant-mismatch' });
});
