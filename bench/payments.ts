import type { Bench } from './gate.ts';
import { deskGates } from './payments/desk.ts';
import { intakeGates } from './payments/intake.ts';
import { ledgerGates } from './payments/ledger.ts';
import { pushGates } from './payments/pushes.ts';
import { runGates } from './payments/runs.ts';

/** Money in and out: what it costs, and what it holds. */
export const payments: Bench = {
  name: 'payments',
  run: async (options) => [
    ...(await intakeGates(options)),
    ...(await ledgerGates(options)),
    ...(await deskGates(options)),
    ...(await pushGates(options)),
    ...(await runGates(options)),
  ],
};
