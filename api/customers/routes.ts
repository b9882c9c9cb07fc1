/** The people and businesses that pay. */
import { z } from 'zod';
import { creditsOf } from '../../db/customer-credit.ts';
import { insertCustomer, listCustomers, type Customer } from '../../db/customers.ts';
import { maskMsisdn } from '../../domain/daraja/msisdn.ts';
import { toPublicId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery, msisdnSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Route } from '../route.ts';
import { readCustomer, showCustomer } from './present.ts';
import { customer, customerPage, customerRequest } from './schema.ts';

const tag = 'Customers';

const create = route({
  method: 'post',
  path: '/v1/customers',
  tag,
  summary: 'Record a customer with the reference they pay under',
  auth: 'collections:write',
  request: { body: customerRequest },
  idempotency: 'optional',
  responses: { 201: { description: 'The customer', schema: customer } },
  problems: ['reference-taken'],
  handler: async ({ body }, call) => {
    const { reference, name, msisdn } = body;
    const id = idFor(call, 'customer', body);
    const { db } = call.dependencies;
    const stored = await db.withTenant(call.principal.tenantId, async (t) => {
      const number = msisdn && { msisdn: { digits: msisdn, masked: maskMsisdn(msisdn) } };
      const createdBy = actorOf(call.principal);
      await insertCustomer(t, { id, reference, name, createdBy, ...number });
      // A request that is repeated finds what the first one made; the reference may be another's.
      return readCustomer(t, id);
    });
    if (stored === undefined) return problem('reference-taken');
    return { status: 201, body: stored, headers: { Location: `/v1/customers/${stored.id}` } };
  },
});

const position = z.strictObject({ createdAt: instantSchema, id: idSchema('customer') });

const list = route({
  method: 'get',
  path: '/v1/customers',
  tag,
  summary: 'Customers, newest first',
  auth: 'collections:read',
  request: {
    query: z.strictObject({
      q: z.string().trim().min(1).max(120).optional().describe('Whole words of the name'),
      reference: z.string().trim().min(1).max(20).optional(),
      msisdn: msisdnSchema.optional(),
      ...pageQuery(200),
    }),
  },
  responses: { 200: { description: 'One page', schema: customerPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, position);
    const { q, reference, msisdn } = query;
    const filter = {
      ...(q === undefined ? {} : { q }),
      ...(reference === undefined ? {} : { reference }),
      ...(msisdn === undefined ? {} : { msisdn }),
    };
    const request = { filter, limit: query.limit + 1, ...(after === undefined ? {} : { after }) };
    const rows = await call.dependencies.db.withTenant(
      call.principal.tenantId,
      async (t) => {
        const found = await listCustomers(t, request);
        const creditOf = await creditsOf(
          t,
          found.map(({ id }) => id),
        );
        return found.map((one) => ({ ...one, ...creditOf(one.id) }));
      },
      { readOnly: true },
    );
    const place = ({ createdAt, id }: Customer): z.input<typeof position> => ({
      createdAt,
      id: toPublicId('customer', id),
    });
    return {
      status: 200,
      body: pageFrom(call, query, { rows, show: showCustomer, position: place }),
    };
  },
});

const read = route({
  method: 'get',
  path: '/v1/customers/{id}',
  tag,
  summary: 'One customer',
  auth: 'collections:read',
  request: { params: z.strictObject({ id: idSchema('customer') }) },
  responses: { 200: { description: 'The customer', schema: customer } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, { principal, dependencies: { db } }) => {
    const found = await db.withTenant(principal.tenantId, (t) => readCustomer(t, id), {
      readOnly: true,
    });
    return found === undefined ? problem('not-found') : { status: 200, body: found };
  },
});

export const customerRoutes: readonly Route[] = [create, list, read];
