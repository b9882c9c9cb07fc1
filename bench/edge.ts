import { verifyBench } from './edge/verify.ts';
import { inProcessGate } from './edge/in-process.ts';
import type { Bench } from './gate.ts';
import { neighbourGate } from './edge/neighbour.ts';
import { requestGates } from './edge/requests.ts';

/** The edge: what a request costs before its handler runs. */
export const edge: Bench = {
  name: 'edge',
  run: async (options) => [
    ...(await requestGates(options)),
    ...(await verifyBench.run(options)),
    await inProcessGate(options),
    await neighbourGate(options),
  ],
};
