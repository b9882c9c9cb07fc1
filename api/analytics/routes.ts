/** Cash flow of a period at a glance. */
import { z } from 'zod';
import {
  dailySeries,
  needsAttention,
  overview as readOverview,
  type Group,
  type Overview as Figures,
  type Period,
} from '../../db/analytics.ts';
import { coverageMatters } from '../../db/coverage.ts';
import { countMoneyMatters } from '../../db/money-attention.ts';
import { patternsOf } from '../../db/patterns.ts';
import { add, subtract, type Cents } from '../../domain/money.ts';
import { staleAfterDays } from '../../domain/statements/coverage.ts';
import { patternDaysMax } from '../../domain/statements/patterns.ts';
import { addDays, daysBetween } from '../../domain/time.ts';
import { isPeriod, periodRule } from '../filters.ts';
import { todayOf } from '../now.ts';
import { readOwn } from '../own-data.ts';
import { businessDateSchema, idSchema } from '../primitives.ts';
import { route, type Call, type Route } from '../route.ts';
import { showCounterparty } from '../transactions/present.ts';
import { coverageMatter, statementMatter } from './attention-words.ts';
import { readableMatters } from './money-matters.ts';
import { overview, patterns } from './schema.ts';

const daysByDefault = 30;
const attentionMax = 20;

const partnersMax = 10;

const periodFields = {
  from: businessDateSchema.optional().describe('First day; 30 days before the end if left out'),
  to: businessDateSchema.optional().describe('Last day; today in Nairobi if left out'),
  accountId: idSchema('account').optional(),
};

const query = z
  .strictObject({
    ...periodFields,
    compare: z.enum(['previous']).optional().describe('With the period of equal length before'),
  })
  .refine(isPeriod, periodRule);

const read = route({
  method: 'get',
  path: '/v1/overview',
  tag: 'Overview',
  summary: 'Money in, money out, fees and balance of a period',
  auth: 'analytics:read',
  request: { query },
  responses: { 200: { description: 'The figures', schema: overview } },
  problems: [],
  handler: async ({ query }, call) => {
    const period = periodOf(query, call);
    const previous = query.compare === undefined ? undefined : periodBefore(period);
    const read = await readOwn(call, async (t) => ({
      now: await readOverview(t, period),
      before: previous && (await readOverview(t, previous)),
      days: await dailySeries(t, period),
      matters: await needsAttention(t, attentionMax),
      lacks: await coverageMatters(t, {
        today: todayOf(call),
        staleAfterDays,
        limit: attentionMax,
      }),
      money: await countMoneyMatters(t, readableMatters(call.principal)),
    }));
    return {
      status: 200,
      body: {
        period: rangeOf(period),
        previous: previous ? rangeOf(previous) : null,
        figures: figuresOf(read.now, read.before),
        excluded: read.now.excluded,
        currency: 'KES' as const,
        series: read.days.map((day) => ({ ...day, netCents: subtract(day.inCents, day.outCents) })),
        byChannel: sumBy(read.now.groups, ({ channel }) => ({ channel })),
        byCategory: sumBy(read.now.groups, ({ category }) => ({ category })),
        needsAttention: [...read.matters.map(statementMatter), ...read.lacks.map(coverageMatter)],
        moneyAttention: read.money,
        updatedAt: read.now.updatedAt,
      },
    };
  },
});

function periodOf(
  asked: Pick<z.output<typeof query>, keyof typeof periodFields>,
  call: Call,
): Period {
  const to = asked.to ?? todayOf(call);
  const from = asked.from ?? addDays(to, 1 - daysByDefault);
  return { from, to, ...(asked.accountId === undefined ? {} : { accountIds: [asked.accountId] }) };
}

function periodBefore(period: Period): Period {
  const to = addDays(period.from, -1);
  return { ...period, from: addDays(to, -daysBetween(period.from, period.to)), to };
}

function rangeOf({ from, to }: Period) {
  return { from, to };
}

function figuresOf(now: Figures, before: Figures | undefined) {
  const figure = (pick: (figures: Figures) => Cents | null) => {
    const amountCents = pick(now);
    const previousCents = before === undefined ? null : pick(before);
    const isKnown = amountCents !== null && previousCents !== null;
    const deltaCents = isKnown ? subtract(amountCents, previousCents) : null;
    return { amountCents, previousCents, deltaCents };
  };
  return {
    in: figure(({ inCents }) => inCents),
    out: figure(({ outCents }) => outCents),
    net: figure(({ inCents, outCents }) => subtract(inCents, outCents)),
    fees: figure(({ feesCents }) => feesCents),
    balance: figure(({ balanceCents }) => balanceCents),
  };
}

type Sum<Key> = Key & Pick<Group, 'direction' | 'count' | 'amountCents'>;

/** Ordinary money by one of its traits, largest first, so that the parts make up in and out. */
function sumBy<Key extends object>(
  groups: readonly Group[],
  keyOf: (group: Group) => Key,
): Sum<Key>[] {
  const sums = new Map<string, Sum<Key>>();
  for (const group of groups) {
    if (group.nature !== 'ordinary') continue;
    const { direction, count, amountCents } = group;
    const name = JSON.stringify([direction, keyOf(group)]);
    const known = sums.get(name);
    sums.set(name, {
      ...keyOf(group),
      direction,
      count: count + (known?.count ?? 0),
      amountCents: known === undefined ? amountCents : add(known.amountCents, amountCents),
    });
  }
  return [...sums.values()].sort((a, b) => b.amountCents - a.amountCents);
}

const readPatterns = route({
  method: 'get',
  path: '/v1/overview/patterns',
  tag: 'Overview',
  summary: 'Busy hours of the week, and who paid and was paid most',
  description: 'Reads the rows of the period themselves, so it may be 92 days long.',
  // It names people, as their rows do.
  auth: 'transactions:read',
  request: {
    query: z
      .strictObject(periodFields)
      .refine(isPeriod, periodRule)
      .refine(({ from, to }) => !from || !to || daysBetween(from, to) < patternDaysMax, {
        message: `must be ${patternDaysMax} days at most`,
        path: ['from'],
      }),
  },
  responses: { 200: { description: 'The figures', schema: patterns } },
  problems: [],
  handler: async ({ query }, call) => {
    const period = periodOf(query, call);
    const { hours, partners } = await readOwn(call, (t) => patternsOf(t, period, partnersMax));
    const shown = partners.map(({ counterparty, ...partner }) => ({
      ...partner,
      counterparty: showCounterparty(counterparty),
    }));
    const body = { period: rangeOf(period), currency: 'KES' as const, hours, partners: shown };
    return { status: 200, body };
  },
});

export const analyticsRoutes: readonly Route[] = [read, readPatterns];
