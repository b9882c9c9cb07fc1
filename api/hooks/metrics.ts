import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is counted of callbacks as they come in. */
export function hookMetrics(registry: Registry) {
  const registers = [registry];
  return {
    answered: new Counter({
      name: 'daftari_callbacks_answered_total',
      help: 'Callbacks by letter and how they were answered',
      labelNames: ['letter', 'answer'],
      registers,
    }),
    maskedCards: new Counter({
      name: 'daftari_callback_card_numbers_masked_total',
      help: 'Payment card numbers found in callbacks and masked, by letter',
      labelNames: ['letter'],
      registers,
    }),
    stored: new Counter({
      name: 'daftari_callbacks_stored_total',
      help: 'Callbacks stored before they were answered, by where',
      labelNames: ['by'],
      registers,
    }),
    lost: new Counter({
      name: 'daftari_callbacks_not_stored_total',
      help: 'Callbacks that neither database nor spool took; anything but zero is an incident',
      registers,
    }),
    drained: new Counter({
      name: 'daftari_callbacks_drained_total',
      help: 'Callbacks moved from the spool to the inbox',
      registers,
    }),
    spoolBytes: new Gauge({
      name: 'daftari_callback_spool_bytes',
      help: 'Bytes of callbacks that wait on disk for the database',
      registers,
    }),
    validationSeconds: new Histogram({
      name: 'daftari_callback_validation_seconds',
      help: 'Time to answer whether a customer payment may be taken, by who decided',
      labelNames: ['decided'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
  };
}

export type HookMetrics = ReturnType<typeof hookMetrics>;
