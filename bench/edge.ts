/** The edge: what a request costs before its handler runs. */
import { inProcessGate } from './edge/in-process.ts';
import type { Bench } from './gate.ts';
import { neighbourGate } from './edge/neighbour.ts';
import { requestGates } from './edge/requests.ts';
import { verifyGate } from './edge/verify.ts';

export const edge: Bench = {
  requests: requestGates,
  verify: verifyGate,
  'in-process': inProcessGate,
  neighbour: neighbourGate,
};
