/** Tells callers in good time that a route will go: RFC 9745 and RFC 8594. */
import type { Response } from 'express';
import type { BusinessDate } from '../../domain/time.ts';

export interface Deprecation {
  since: BusinessDate;
  /** The day on which the route stops answering, when it is settled. */
  sunset?: BusinessDate;
  /** Path of the page that says what to use instead. */
  guide: string;
}

/** Adds `Deprecation`, `Sunset` and `Link` to an answer. */
export function announceDeprecation(response: Response, deprecation: Deprecation): void {
  const { since, sunset, guide } = deprecation;
  response.set('Deprecation', `@${epochSeconds(since)}`);
  response.append('Link', `<${guide}>; rel="deprecation"; type="text/html"`);
  if (sunset !== undefined) {
    response.set('Sunset', new Date(epochSeconds(sunset) * 1000).toUTCString());
  }
}

/** The day begins at midnight in Nairobi, three hours before it does in UTC. */
function epochSeconds(date: BusinessDate): number {
  return Date.parse(`${date}T00:00:00+03:00`) / 1000;
}
