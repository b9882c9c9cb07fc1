/** Numbers of payment cards are never kept: not in a column, an answer that is stored, or a log. */
import type { Dependencies } from './dependencies.ts';
import { problem, type Problem } from './problems.ts';

export interface CardPlace {
  dependencies: Pick<Dependencies, 'telemetry'>;
  operation: string;
  requestId: string;
}

/** The refusal of what has a card in it at this pointer; it is counted and logged without the number. */
export function refuseCard({ dependencies, ...place }: CardPlace, pointer: string): Problem {
  const { metrics, log } = dependencies.telemetry;
  metrics.requestsRefused.labels({ reason: 'card-number' }).inc();
  log.warn({ event: 'cardNumberRefused', ...place, pointer });
  const detail = 'This looks like the number of a payment card, which must not be sent here.';
  return problem('validation-failed', { errors: [{ in: 'body', pointer, detail }] });
}
