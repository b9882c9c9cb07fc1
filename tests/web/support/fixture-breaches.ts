/** The register of breaches, as a business and as the house see it. */
import type {
  BreachBody,
  BreachList,
  HouseBreachBody,
  HouseBreachList,
} from '../../../api/breaches/schema.ts';
import { clockOf, type Timed } from '../../../domain/breaches/clocks.ts';
import { fixtureNowMs, publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

const hour = 3_600;

function clocksOf(hoursAgo: number, told: Partial<Timed> = {}) {
  const none: Timed = {
    ...{ noticedAt: ago(hoursAgo * hour), toldAt: null, authorityToldAt: null, isOver: false },
  };
  const one = { ...none, ...told };
  return {
    businessClock: clockOf(one, 'business', fixtureNowMs),
    authorityClock: clockOf(one, 'authority', fixtureNowMs),
  };
}

const factsOf = (number: number, hoursAgo: number) => ({
  ...{ id: publicId('brc', number), noticedAt: ago(hoursAgo * hour), isEncrypted: false },
  summary: 'A laptop with a copy of the customer list was stolen from a car in Kisumu.',
  dataKinds: ['names' as const, 'numbers' as const, 'payments' as const],
  ...{ closedAt: null, closeReason: null },
});

/** One whose clock runs out, and one that is over. */
export function breachesOf(who: string): BreachList {
  if (who === 'empty') return { data: [] };
  const data: BreachBody[] = [
    {
      ...{ ...factsOf(1, 63), personCount: 1_240 },
      ...clocksOf(63, { toldAt: ago(40 * hour) }),
      ...{ authorityToldBy: null, authorityReference: null },
      measures: [
        { at: ago(50 * hour), isOwn: false, text: 'The disk was wiped from afar.' },
        { at: ago(3 * hour), isOwn: true, text: 'Our customers were called, one by one.' },
      ],
    },
    {
      ...{ ...factsOf(2, 2_000), isEncrypted: true, personCount: null },
      ...clocksOf(2_000, { toldAt: ago(1_990 * hour), authorityToldAt: ago(1_900 * hour) }),
      ...{ authorityToldBy: 'house', authorityReference: 'ODPC/2026/0117', measures: [] },
      ...{ closedAt: ago(1_500 * hour), closeReason: 'The disk was found, sealed.' },
    },
  ];
  return { data };
}

function houseBusiness(number: number, name: string, hoursAgo: number, told: Partial<Timed> = {}) {
  const { toldAt = null } = told;
  return {
    ...{ id: publicId('tnt', number), name, isGone: false, noticedAt: ago(hoursAgo * hour) },
    ...{ personCount: number === 3 ? 1_240 : null, reminded: [], ...clocksOf(hoursAgo, told) },
    ...{ tellAskedAt: toldAt, tellAskedBy: toldAt && 'user:one' },
    ...{ authorityToldBy: null, authorityReference: null },
  };
}

export function houseBreachesOf(who: string): HouseBreachList {
  if (who === 'empty') return { data: [] };
  const actor = 'user:one';
  const data: HouseBreachBody[] = [
    {
      ...{ ...factsOf(1, 63), recordedBy: actor, recordedAt: ago(62 * hour), closedBy: null },
      runUrl: 'http://temporal.test/run',
      businesses: [
        houseBusiness(3, 'Baraka Hardware', 63, { toldAt: ago(40 * hour) }),
        houseBusiness(2, 'Duka la Pili', 63),
      ],
      entries: [
        { at: ago(62 * hour), actor, kind: 'recorded', business: null, detail: null },
        { at: ago(61 * hour), actor, kind: 'measure', business: null, detail: 'It was wiped.' },
        { at: ago(40 * hour), actor, kind: 'tell', business: null, detail: '1' },
        {
          ...{ at: ago(40 * hour), actor: 'service:tenants', kind: 'told' },
          ...{ business: publicId('tnt', 3), detail: null },
        },
        {
          ...{ at: ago(15 * hour), actor: 'service:tenants', kind: 'reminder' },
          ...{ business: publicId('tnt', 2), detail: 'business-over' },
        },
      ],
    },
    {
      ...{ ...factsOf(2, 2_000), recordedBy: actor, recordedAt: ago(2_000 * hour) },
      ...{ closedAt: ago(1_500 * hour), closedBy: actor, closeReason: 'Found, sealed.' },
      ...{ runUrl: 'http://temporal.test/run', entries: [] },
      businesses: [
        houseBusiness(1, 'Mama Njeri Traders', 2_000, {
          ...{ toldAt: ago(1_990 * hour), authorityToldAt: ago(1_900 * hour) },
        }),
      ],
    },
  ];
  return { data };
}
