import type { CheckShortcodeResult, ShortcodeStart } from '../../workflows/shortcode-types.ts';
import {
  aCheck,
  openShortcodeStage,
  smoothCalls,
  type CheckCalls,
  type ShortcodeStage,
} from '../support/shortcode-stage.ts';

let on: ShortcodeStage;

beforeAll(async () => {
  on = await openShortcodeStage();
});
afterAll(() => on.close());

async function begin(kind: 'test' | 'register' = 'test', some: Partial<CheckCalls> = {}) {
  on.finished.length = 0;
  on.calls = { ...smoothCalls(on.finished), ...some };
  const start = aCheck(kind);
  await on.stage.gateway.start(start);
  return start;
}

const tell = ({ workflowId }: ShortcodeStart, code: string) =>
  on.stage.gateway.tell(workflowId, { name: 'balanceTold', input: { code } });
const result = ({ workflowId }: ShortcodeStart): Promise<CheckShortcodeResult> =>
  on.stage.env.client.workflow.getHandle(workflowId).result();
const steps = () =>
  on.finished[0]?.steps.map(({ step, state, code }) => `${step} ${state} ${code}`);

describe('checkShortcode', () => {
  test('passes when every step does and the answer comes back', async () => {
    const start = await begin();
    await tell(start, '0');

    expect(await result(start)).toEqual({ status: 'passed' });
    expect(steps()).toEqual([
      'token passed signed-in',
      'stk passed accepted',
      'initiator passed asked',
      'callback passed answered',
    ]);
  });

  test('an answer before the question is recorded counts, and a second one changes nothing', async () => {
    const start = await begin('test', {
      askBalance: async () => {
        await tell(start, '0');
        await tell(start, '2001');
        return { step: 'initiator', state: 'passed', code: 'asked', detail: null };
      },
    });

    expect(await result(start)).toEqual({ status: 'passed' });
  });

  test('no answer within a minute means that the way back does not work', async () => {
    const start = await begin();

    expect(await result(start)).toEqual({ status: 'failed' });
    expect(steps()?.at(-1)).toBe('callback failed no-callback');
  });

  test('an answer with a code means that the initiator is wrong', async () => {
    const start = await begin();
    await tell(start, '2001');

    expect(await result(start)).toEqual({ status: 'failed' });
    expect(steps()?.at(-1)).toBe('initiator failed initiator-refused');
  });

  test('with wrong keys nothing else is asked', async () => {
    const wrong = { step: 'token', state: 'failed', code: 'wrong-keys', detail: null } as const;
    const start = await begin('test', { checkToken: async () => wrong });

    expect(await result(start)).toEqual({ status: 'failed' });
    expect(steps()).toEqual(['token failed wrong-keys']);
  });

  test('without an initiator the rest is tried and nothing is waited for', async () => {
    const none = {
      step: 'initiator',
      state: 'skipped',
      code: 'no-initiator',
      detail: null,
    } as const;
    const start = await begin('test', { askBalance: async () => none });

    expect(await result(start)).toEqual({ status: 'passed' });
  });

  test('registering asks for the token, the addresses and the list of payments, nothing more', async () => {
    const start = await begin('register');

    expect(await result(start)).toEqual({ status: 'passed' });
    expect(steps()).toEqual([
      'token passed signed-in',
      'register passed registered',
      'pull passed listed',
    ]);
  });
});
