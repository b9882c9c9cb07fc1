/** The people and businesses that pay. */
import { z } from 'zod';
import { listWithCredit, streamCustomers } from '../../db/customer-lists.ts';
import { insertCustomer, type Customer, type CustomerFilter } from '../../db/customers.ts';
import { maskMsisdn } from '../../domain/daraja/msisdn.ts';
import { toPublicId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery, msisdnSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { entityTag } from '../reply.ts';
import { idFor } from '../request-id.ts';
import { route, type Route } from '../route.ts';
import { download, exportStepUp, sheetFormats, sheetMedia } from '../sheets/download.ts';
import { customerChangeRoutes } from './change-routes.ts';
import { customerCreditRoutes } from './credit-routes.ts';
import { customerListRoutes } from './list-routes.ts';
import { readCustomer, showCustomer } from './present.ts';
import { customer, customerPage, customerRequest } from './schema.ts';
import { customerSheet } from './sheet.ts';

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
    const stored = await changeOwn(call, async (t) => {
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

const filterFields = {
  q: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .optional()
    .describe('Whole words of the name, the reference, or the number'),
  reference: z.string().trim().min(1).max(20).optional(),
  msisdn: msisdnSchema.optional(),
  isArchived: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('Those that are put away, instead of the others'),
};

function filterOf({
  q,
  reference,
  msisdn,
  isArchived,
}: z.output<z.ZodObject<typeof filterFields>>): CustomerFilter {
  return {
    ...(q === undefined ? {} : { q }),
    ...(reference === undefined ? {} : { reference }),
    ...(msisdn === undefined ? {} : { msisdn }),
    ...(isArchived === undefined ? {} : { isArchived }),
  };
}

const position = z.strictObject({ createdAt: instantSchema, id: idSchema('customer') });

const exportRoute = route({
  method: 'get',
  path: '/v1/customers/export',
  tag,
  summary: 'Exactly the customers a filter selects, as a file',
  description: "Oldest first; numbers are masked. Texts a formula could hide in start with `'`.",
  auth: 'transactions:export',
  stepUp: exportStepUp,
  request: {
    query: z.strictObject({ format: z.enum(sheetFormats).default('csv'), ...filterFields }),
  },
  responses: { 200: { description: 'The file', media: sheetMedia } },
  problems: [],
  handler: async ({ query }, call) => {
    const { principal, dependencies } = call;
    const { format, ...asked } = query;
    const batches = () => streamCustomers(dependencies.db, principal.tenantId, filterOf(asked));
    return download(call, customerSheet, { list: 'customers', format, asked, batches });
  },
});

const list = route({
  method: 'get',
  path: '/v1/customers',
  tag,
  summary: 'Customers, newest first',
  auth: 'collections:read',
  request: {
    query: z.strictObject({ ...filterFields, ...pageQuery(200) }),
  },
  sheet: exportRoute,
  responses: { 200: { description: 'One page', schema: customerPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, position);
    const request = {
      filter: filterOf(query),
      limit: query.limit + 1,
      ...(after === undefined ? {} : { after }),
    };
    const rows = await readOwn(call, (t) => listWithCredit(t, request));
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
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(call, (t) => readCustomer(t, id));
    if (found === undefined) return problem('not-found');
    return { status: 200, body: found, headers: { ETag: entityTag(found.version) } };
  },
});

export const customerRoutes: readonly Route[] = [
  ...[create, list, exportRoute, read],
  ...customerChangeRoutes,
  ...customerListRoutes,
  ...customerCreditRoutes,
];
