/** Money in and out: what it costs, and what it holds. */
import type { Bench } from './gate.ts';
import { deskGates } from './payments/desk.ts';
import { intakeGates } from './payments/intake.ts';
import { ledgerGates } from './payments/ledger.ts';
import { pushGates } from './payments/pushes.ts';
import { runGates } from './payments/runs.ts';

export const payments: Bench = {
  intake: intakeGates,
  ledger: ledgerGates,
  desk: deskGates,
  pushes: pushGates,
  runs: runGates,
};
