import { startDarajaTwin, type DarajaTwin } from '../../simulators/daraja/twin.ts';
import type { ApiClient } from '../support/api-client.ts';
import { demoLogin } from '../../scripts/demo-tenant.ts';
import { twinSecrets } from '../support/collections.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

let stack: Stack;
let twin: DarajaTwin;
let client: ApiClient;

beforeAll(async () => {
  twin = await startDarajaTwin({ settings: { resultAfterMs: 50 } });
  stack = await openStack();
  const daraja = {
    ...{ DARAJA_BASE_URL: twin.url, PAYMENT_TIME_SCALE: '0.1' },
    DARAJA_PULL_NUMBER: '0712345678',
  };
  await Promise.all([
    stack.startGateway(daraja),
    stack.startWorkers(daraja, 'maintenance,payments,relay'),
  ]);
  client = await stack.client();
});
afterAll(async () => {
  await stack.close();
  await twin.close();
});

interface Check {
  id: string;
  status: string;
  steps: { step: string; state: string; code: string }[];
}

async function addShortcode(number: string, credentials: object): Promise<string> {
  const { password } = demoLogin;
  expect((await client.post('/v1/sessions/step-up', { password })).status).toBe(204);
  const answer = await client.post<{ id: string }>('/v1/shortcodes', {
    ...{ number, kind: 'paybill', name: `Paybill ${number}`, credentials },
  });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

async function check(shortcodeId: string, kind: string): Promise<Check> {
  const begun = await client.post<Check>(`/v1/shortcodes/${shortcodeId}/checks`, { kind });
  expect(begun.status).toBe(202);
  let last: Check | undefined;
  await until(
    async () => {
      const path = `/v1/shortcodes/${shortcodeId}/checks`;
      const list = await client.get<{ data: Check[] }>(path);
      last = list.body.data.find(({ id }) => id === begun.body.id);
      return last?.status !== 'running';
    },
    { withinMs: 60_000, everyMs: 200 },
  );
  if (last === undefined) throw new Error('the check is gone');
  return last;
}

const stepsOf = ({ steps }: Check) => steps.map(({ step, state, code }) => [step, state, code]);

describe('a shortcode is tried out against Daraja', () => {
  test('keys, passkey, initiator and the way back are proven one by one', async () => {
    const shortcodeId = await addShortcode('600984', twinSecrets);
    const result = await check(shortcodeId, 'test');

    expect(stepsOf(result)).toEqual([
      ['token', 'passed', 'signed-in'],
      ['stk', 'passed', 'accepted'],
      ['initiator', 'passed', 'asked'],
      ['callback', 'passed', 'answered'],
    ]);
    expect(result.status).toBe('passed');
  });

  test('what is wrong is named: the keys, the passkey, the password of the initiator', async () => {
    const keys = await addShortcode('600111', { ...twinSecrets, consumerSecret: 'wrong' });
    expect(stepsOf(await check(keys, 'test'))).toEqual([['token', 'failed', 'wrong-keys']]);
    const other = await addShortcode('174379', {
      ...{ ...twinSecrets, passkey: 'wrong', initiatorPassword: 'wrong' },
    });
    const result = await check(other, 'test');

    expect(result.status).toBe('failed');
    expect(stepsOf(result)).toEqual([
      ['token', 'passed', 'signed-in'],
      ['stk', 'failed', 'wrong-passkey'],
      ['initiator', 'passed', 'asked'],
      ['initiator', 'failed', 'initiator-refused'],
    ]);
    const stopped = await client.get<{ initiatorStop: { code: string } | null }>(
      `/v1/shortcodes/${other}`,
    );
    expect(stopped.body.initiatorStop).toMatchObject({ code: '2001' });
  });

  test('addresses are registered, and payments by customers reach the inbox', async () => {
    const list = await client.get<{ data: { id: string; number: string }[] }>('/v1/shortcodes');
    const shortcodeId = list.body.data.find(({ number }) => number === '600984')?.id ?? '';
    expect(stepsOf(await check(shortcodeId, 'register'))).toEqual([
      ['token', 'passed', 'signed-in'],
      ['register', 'passed', 'registered'],
      ['pull', 'passed', 'listed'],
    ]);
    await fetch(`${twin.adminUrl}/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ msisdn: '254712345678', shortcode: '600984', amountCents: 150_000 },
        accountReference: 'INV-1',
      }),
    });
    await until(async () => {
      const rows = await stack.database.asOwner(
        `select letter from shared.callback_inbox where status = 'delivered' and letter = 'c'`,
      );
      return rows.length === 1;
    });
  });
});
