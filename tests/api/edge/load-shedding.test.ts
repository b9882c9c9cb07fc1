import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { announceDeprecation } from '../../../api/edge/deprecation.ts';
import { shedLoad } from '../../../api/edge/load-shedding.ts';
import { parseBusinessDate } from '../../../domain/time.ts';

function aGate(lag: number) {
  let shed = 0;
  const handler = shedLoad({
    limits: { inFlightMax: 2, lagMaxMs: 500 },
    lagMs: () => lag,
    isSpared: (path) => path.startsWith('/hooks/'),
    onShed: () => (shed += 1),
  });
  const ask = (path: string) => {
    const response = new EventEmitter();
    let isThrough = false;
    try {
      void handler({ path } as Request, response as unknown as Response, () => (isThrough = true));
    } catch {
      // Shed: the problem handler answers it.
    }
    return { isThrough, finish: () => response.emit('close') };
  };
  return { ask, shed: () => shed };
}

test('the third request at a time is refused, and a finished one makes room', () => {
  const gate = aGate(0);
  const first = gate.ask('/v1/me');
  gate.ask('/v1/me');

  expect(gate.ask('/v1/me').isThrough).toBe(false);
  first.finish();
  expect(gate.ask('/v1/me').isThrough).toBe(true);
  expect(gate.shed()).toBe(1);
});

test('a late event loop refuses everything but callbacks of the provider', () => {
  const gate = aGate(900);

  expect(gate.ask('/v1/me').isThrough).toBe(false);
  expect(gate.ask('/hooks/s/00ff').isThrough).toBe(true);
});

test('a route that will go says since when, until when and what to use instead', () => {
  const headers = new Map<string, string>();
  const set = (name: string, value: string) => void headers.set(name, value);
  const since = parseBusinessDate('2026-11-01');
  const sunset = parseBusinessDate('2027-05-01');
  if (since === undefined || sunset === undefined) throw new Error('both are days');

  announceDeprecation({ set, append: set } as unknown as Response, {
    since,
    sunset,
    guide: '/docs/moving-on',
  });

  expect(Object.fromEntries(headers)).toEqual({
    Deprecation: '@1793480400',
    Sunset: 'Fri, 30 Apr 2027 21:00:00 GMT',
    Link: '</docs/moving-on>; rel="deprecation"; type="text/html"',
  });
});
