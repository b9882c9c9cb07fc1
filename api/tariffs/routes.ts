/** What M-PESA charges: the published tariffs with their dates, and the charge of an amount. */
import { z } from 'zod';
import { listTariffs, quoteCharge } from '../../db/tariffs.ts';
import { tariffProducts } from '../../domain/tariffs/charge.ts';
import { businessDateOf, instantFromEpochMs } from '../../domain/time.ts';
import { centsText } from '../filters.ts';
import { readOwn } from '../own-data.ts';
import { businessDateSchema, currencySchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Route } from '../route.ts';

const productSchema = z.enum(tariffProducts);

const tariff = z.strictObject({
  product: productSchema,
  effectiveFrom: z.iso.date(),
  effectiveTo: z.iso.date().nullable(),
  source: z.string(),
  bands: z.array(
    z.strictObject({
      fromCents: z.int(),
      toCents: z.int(),
      chargeCents: z.int(),
      basisPoints: z.int().describe('Ten-thousandths of the amount on top'),
      capCents: z.int().nullable(),
    }),
  ),
});

const list = route({
  method: 'get',
  path: '/v1/tariffs',
  tag: 'Tariffs',
  summary: 'Published tariffs with the days from which they hold',
  auth: 'disbursements:read',
  request: { query: z.strictObject({ product: productSchema.optional() }) },
  responses: {
    200: { description: 'Tariffs', schema: z.strictObject({ data: z.array(tariff) }) },
  },
  problems: [],
  handler: async ({ query: { product } }, call) => {
    const found = await readOwn(call, (t) => listTariffs(t, product));
    const data = found.map(({ bands, ...rest }) => ({ ...rest, bands: [...bands] }));
    return { status: 200, body: { data } };
  },
});

const quoteView = z.strictObject({
  product: productSchema,
  on: z.iso.date(),
  amountCents: z.int(),
  chargeCents: z.int(),
  currency: currencySchema,
});

const quote = route({
  method: 'get',
  path: '/v1/tariffs/quote',
  tag: 'Tariffs',
  summary: 'The charge of an amount on a day',
  auth: 'disbursements:read',
  request: {
    query: z.strictObject({
      product: productSchema,
      amountCents: centsText,
      on: businessDateSchema.optional(),
    }),
  },
  responses: { 200: { description: 'The charge', schema: quoteView } },
  problems: [],
  handler: async ({ query }, call) => {
    const { now } = call.dependencies;
    const { product, amountCents } = query;
    const on = query.on ?? businessDateOf(instantFromEpochMs(now()));
    const chargeCents = await readOwn(call, (t) =>
      quoteCharge(t, { product, amountCents, day: on }),
    );
    if (chargeCents === undefined) {
      const detail = 'is in no band of the tariff of that day';
      return problem('validation-failed', {
        errors: [{ in: 'query', pointer: '/amountCents', detail }],
      });
    }
    return {
      status: 200,
      body: { product, on, amountCents, chargeCents, currency: 'KES' as const },
    };
  },
});

export const tariffRoutes: readonly Route[] = [list, quote];
