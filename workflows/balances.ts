/** Asks M-PESA for balances or about a receipt; the answer is stored by whoever takes the callback. */
import { ActivityFailure, condition, proxyActivities } from '@temporalio/workflow';
import type { BalanceSteps, PayoutCalls } from '../activities/disbursement-steps.ts';
import { balanceWaitsMs } from '../domain/disbursements/ladder.ts';
import { darajaCall, databaseStep } from '../temporal/policies.ts';
import { queues } from '../temporal/queues.ts';
import { openPayoutDesk } from './disbursement-desk.ts';
import { showPayoutEnd } from './disbursement-run.ts';
import type { CheckBalanceInput, CheckBalanceResult } from './disbursement-types.ts';

const asking = proxyActivities<Pick<PayoutCalls, 'askProvider'>>({
  ...darajaCall,
  taskQueue: queues.daraja,
});
const records = proxyActivities<BalanceSteps>(databaseStep);

/** Runs one question; the id is `balance/{tenant}/{query}`. M-PESA repeats no answer, nor do we. */
export async function checkBalance(input: CheckBalanceInput): Promise<CheckBalanceResult> {
  const desk = openPayoutDesk();
  desk.phase = 'asking';
  const { timeScale, ...question } = input;
  const { tenantId, queryId } = question;
  if (!(await isAsked(question))) {
    showPayoutEnd('not-asked', 'M-PESA did not take the question.');
    return { status: 'not-asked' };
  }
  for (const wait of balanceWaitsMs) {
    await condition(() => desk.news > 0, Math.max(1, Math.round(wait * timeScale)));
    desk.news = 0;
    if (await records.wasAnswered({ tenantId, queryId })) {
      showPayoutEnd('recorded', 'The answer is recorded.');
      return { status: 'recorded' };
    }
  }
  showPayoutEnd('unanswered', 'M-PESA took the question and did not answer it.');
  return { status: 'unanswered' };
}

async function isAsked(key: Parameters<PayoutCalls['askProvider']>[0]): Promise<boolean> {
  try {
    return await asking.askProvider(key);
  } catch (error) {
    if (error instanceof ActivityFailure) return false;
    throw error;
  }
}
