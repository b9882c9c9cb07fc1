/**
 * Tries a shortcode out against Daraja: signs in, asks about a prompt that does not exist, asks for
 * the balance and waits for the answer, which proves keys, passkey, initiator and callback address
 * in turn. Nothing of it moves money. A check that fails has done its work: the run completes.
 */
import {
  condition,
  defineSignal,
  patched,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { CheckStep } from '../db/shortcode-tables.ts';
import type { ShortcodeCheckCalls, ShortcodeCheckSteps } from '../activities/shortcode-checks.ts';
import { databaseStep, darajaCall } from '../temporal/policies.ts';
import { queues } from '../temporal/queues.ts';
import { showEnd } from './statement-run.ts';
import type {
  BalanceToldSignal,
  CheckShortcodeInput,
  CheckShortcodeResult,
} from './shortcode-types.ts';

export const balanceTold = defineSignal<[BalanceToldSignal]>('balanceTold');

const calls = proxyActivities<ShortcodeCheckCalls>({ ...darajaCall, taskQueue: queues.daraja });
const records = proxyActivities<ShortcodeCheckSteps>(databaseStep);

export async function checkShortcode(input: CheckShortcodeInput): Promise<CheckShortcodeResult> {
  let told: BalanceToldSignal | undefined;
  setHandler(balanceTold, (signal) => {
    told ??= signal;
  });
  const steps: CheckStep[] = [];
  const note = async (step: CheckStep): Promise<boolean> => {
    steps.push(step);
    await records.noteSteps({ ...input, steps });
    return step.state !== 'failed';
  };

  if (await note(await calls.checkToken(input))) {
    if (input.kind === 'register') {
      const isRegistered = await note(await calls.registerAddresses(input));
      if (isRegistered && patched('register-pull')) await note(await calls.registerPull(input));
    } else {
      await note(await calls.checkPasskey(input));
      const asked = await calls.askBalance(input);
      await note(asked);
      if (asked.state === 'passed') {
        await condition(() => told !== undefined, input.callbackWaitMs, {
          summary: 'Answer to the balance question',
        });
        await note(callbackStep(told));
      }
    }
  }
  const status = steps.some(({ state }) => state === 'failed') ? 'failed' : 'passed';
  await records.finishCheck({ ...input, steps, status });
  showEnd(status, steps.map(({ step, state, code }) => `${step}: ${state} (${code})`).join(', '));
  return { status };
}

function callbackStep(told: BalanceToldSignal | undefined): CheckStep {
  if (told === undefined) {
    return { step: 'callback', state: 'failed', code: 'no-callback', detail: null };
  }
  return told.code === '0'
    ? { step: 'callback', state: 'passed', code: 'answered', detail: null }
    : { step: 'initiator', state: 'failed', code: 'initiator-refused', detail: told.code };
}
