/**
 * Records one history of every way a payout can go, for tests/replay. Run it for each release
 * (`node scripts/record-payout-histories.ts v0.2`) and commit what it writes: recordings of released
 * versions are never replaced, because runs of those versions may still be open.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Evidence } from '../domain/disbursements/decide.ts';
import { historyKek } from '../tests/support/temporal.ts';
import {
  beginPayout,
  needsApproval,
  openPayoutStage,
  paidResult,
  type PayoutSteps,
  type Provider,
} from '../tests/support/payout-stage.ts';

type Begun = Awaited<ReturnType<typeof beginPayout>>;

interface Scenario {
  name: string;
  steps?: (provider: Provider) => Partial<PayoutSteps>;
  act?: (run: Begun) => Promise<unknown>;
}

const accepted: Evidence = { source: 'answer', answer: 'accepted' };
const answering = (evidence: Evidence) => (provider: Provider) => ({
  sendPayout: async () => {
    provider.sends += 1;
    provider.evidence.push(evidence);
    return { kind: 'handed-over' as const };
  },
});
const decided = (name: string) => async (run: Begun) => {
  await run.reaches('waiting-approval');
  await run.decide(name);
};
const told = (evidence: Evidence) => async (run: Begun) => {
  await run.reaches('waiting-result');
  await run.news(evidence);
};
const declined: Evidence = { source: 'result', code: '1', isDefinite: true, receipt: null };

const scenarios: readonly Scenario[] = [
  { name: 'payout-paid' },
  { name: 'payout-result-waited-for', steps: answering(accepted), act: told(paidResult) },
  { name: 'payout-refused', steps: answering(accepted), act: told(declined) },
  { name: 'payout-approved', steps: () => needsApproval, act: decided('approve') },
  { name: 'payout-rejected', steps: () => needsApproval, act: decided('reject') },
  { name: 'payout-called-back', steps: () => needsApproval, act: decided('callBack') },
  { name: 'payout-expired', steps: () => needsApproval },
  {
    name: 'payout-asked-about',
    steps: (provider) => ({
      ...answering({ source: 'answer', answer: 'unknown' })(provider),
      askPayoutStatus: async () => {
        const status = { source: 'status', status: 'completed', isSettled: false } as const;
        provider.evidence.push({ ...status, receipt: 'UKE9A1B2C3' });
        return true;
      },
    }),
  },
  {
    name: 'payout-not-sent',
    steps: () => ({
      sendPayout: async () => ({ kind: 'not-sent', cause: 'rate-limited', retryAfterMs: 50 }),
    }),
  },
];

/** Worker and client identities name the machine they ran on. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'identity' ? 'recorded' : value;
}

const version = process.argv[2] ?? 'v0.2';
const folder = resolve(import.meta.dirname, '../tests/fixtures/histories', version);
mkdirSync(folder, { recursive: true });
const stage = await openPayoutStage({ kek: historyKek });
for (const { name, steps, act } of scenarios) {
  const run = await beginPayout(stage, steps);
  await act?.(run);
  await run.result().catch(() => {});
  const history = await run.handle.fetchHistory();
  const text = JSON.stringify({ workflowId: run.workflowId, history }, withoutMachine, 1);
  writeFileSync(join(folder, `${name}.json`), `${text}\n`);
  console.log(name);
}
await stage.close();
