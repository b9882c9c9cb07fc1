import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is counted while the callback inbox is emptied. */
export function drainMetrics(registry: Registry) {
  const registers = [registry];
  return {
    handled: new Counter({
      name: 'daftari_callbacks_handled_total',
      help: 'Callbacks taken from the inbox, by letter and what became of them',
      labelNames: ['letter', 'outcome'],
      registers,
    }),
    delaySeconds: new Histogram({
      name: 'daftari_callback_delay_seconds',
      help: 'Time from a callback to the signal it led to',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
      registers,
    }),
    backlog: new Gauge({
      name: 'daftari_callback_backlog',
      help: 'Callbacks in the inbox that are not done, by state',
      labelNames: ['state'],
      registers,
    }),
    ageSeconds: new Gauge({
      name: 'daftari_callback_age_seconds',
      help: 'Age of the oldest callback that is not done',
      registers,
    }),
  };
}

export type DrainMetrics = ReturnType<typeof drainMetrics>;
