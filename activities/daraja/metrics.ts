/** Counts calls to Daraja by API and outcome; the one log line of a call names no person. */
import { Counter, Histogram } from 'prom-client';
import type { Telemetry } from '../../telemetry.ts';
import type { CallFacts } from './call.ts';

export function darajaObserver({
  registry,
  log,
}: Pick<Telemetry, 'registry' | 'log'>): (facts: CallFacts) => void {
  const calls = new Counter({
    name: 'daftari_daraja_calls_total',
    help: 'Calls to Daraja by API and kind of answer',
    labelNames: ['api', 'outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'daftari_daraja_call_seconds',
    help: 'Time of a call to Daraja, waiting for its turn included',
    labelNames: ['api'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  return (facts) => {
    calls.inc({ api: facts.api, outcome: facts.outcome });
    seconds.observe({ api: facts.api }, facts.seconds);
    const level = facts.outcome === 'accepted' ? 'debug' : 'warn';
    log[level]({ event: 'darajaCalled', ...facts });
  };
}
