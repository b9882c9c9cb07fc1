/** Many customers at once, from a file or an API call; every row has its own result. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { holdersOf, insertCustomers } from '../../db/customer-changes.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  customerCandidates,
  readCustomerRows,
  type CustomerCandidate,
  type CustomerRow,
} from '../../domain/collections/customer-rows.ts';
import { maskMsisdn } from '../../domain/daraja/msisdn.ts';
import { toPublicId, type CustomerId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { withIdempotency } from '../idempotency.ts';
import { listProblems, listUpload, readListFile } from '../list-file.ts';
import { changeOwn } from '../own-data.ts';
import { problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { customerList, customerListResult, type CustomerListResult } from './schema.ts';

const tag = 'Customers';
const done = { 200: { description: 'What became of every row', schema: customerListResult } };

const record = route({
  method: 'post',
  path: '/v1/customer-lists',
  tag,
  summary: 'Record many customers',
  description:
    'At most 1,000 rows. A row whose reference somebody has changes nothing; a row with a problem keeps no other one back.',
  auth: 'collections:write',
  request: { body: customerList },
  idempotency: 'required',
  responses: done,
  problems: [],
  handler: async ({ body: { rows, isDryRun } }, call) => ({
    status: 200,
    body: await recordRows(call, rows, isDryRun),
  }),
});

const uploadKey = {
  method: 'post',
  path: '/v1/customer-lists/upload',
  idempotency: 'optional',
} as const;

const upload = route({
  method: 'post',
  path: '/v1/customer-lists/upload',
  tag,
  summary: 'Record the customers of a CSV or XLSX file',
  description:
    'The first row names the columns: `name` and `reference`, and if wanted `phone`. At most 1,000 rows and 2 MB. With `isDryRun` nothing is recorded yet.',
  auth: 'collections:write',
  request: {
    query: z.strictObject({
      isDryRun: z
        .enum(['true', 'false'])
        .default('false')
        .transform((text) => text === 'true'),
    }),
  },
  upload: listUpload,
  idempotency: 'optional',
  responses: done,
  problems: listProblems,
  handler: async ({ query: { isDryRun } }, call) => {
    const file = await readListFile(call);
    if ('problem' in file) return file;
    const asked = { route: uploadKey, call, body: [isDryRun, file.table] };
    return withIdempotency(asked, async () => {
      const candidates = customerCandidates(file.table);
      if (!candidates.ok) return problem('columns', { detail: candidates.refusal.message });
      const body = await recordRows(call, candidates.value, isDryRun);
      return { status: 200 as const, body };
    });
  },
});

/** Records what can be; a row that is repeated with its key finds the customer it made. */
async function recordRows(
  call: Call,
  candidates: readonly CustomerCandidate[],
  isDryRun: boolean,
): Promise<CustomerListResult> {
  const rows = readCustomerRows(candidates);
  const good = rows.filter(({ problem: found }) => found === null);
  const ids = new Map(good.map((row) => [row, idFor(call, 'customer', row)]));
  const references = good.map(({ reference }) => reference);
  return changeOwn(call, async (t) => {
    const before = await holdersOf(t, references);
    const fresh = good.filter(({ reference }) => before(reference) === undefined);
    if (!isDryRun) await insert(t, call, fresh, ids);
    const holder = isDryRun ? before : await holdersOf(t, references);
    const shown = rows.map((row) => showRow(row, holder(row.reference), ids.get(row)));
    const count = (state: string) => shown.filter((row) => row.state === state).length;
    const counts = {
      ...{ recorded: count('recorded'), ready: count('ready') },
      ...{ known: count('known'), wrong: count('wrong') },
    };
    if (!isDryRun && fresh.length > 0) await audit(t, call, counts);
    return { isDryRun, counts, rows: shown };
  });
}

function insert(
  t: TenantHandle,
  call: Call,
  rows: readonly CustomerRow[],
  ids: ReadonlyMap<CustomerRow, CustomerId>,
): Promise<void> {
  const createdBy = actorOf(call.principal);
  return insertCustomers(
    t,
    rows.flatMap((row) => {
      const { name, reference, msisdn } = row;
      const id = ids.get(row);
      if (id === undefined) return [];
      const number = msisdn && { msisdn: { digits: msisdn, masked: maskMsisdn(msisdn) } };
      return [{ id, name, reference, createdBy, ...number }];
    }),
  );
}

function audit(t: TenantHandle, call: Call, counts: CustomerListResult['counts']) {
  return appendAudit(t, {
    ...{ actor: actorOf(call.principal), action: 'customer.list', requestId: call.requestId },
    ...{ objectKind: 'tenant', objectId: t.tenantId, detail: counts },
  });
}

function showRow(
  row: CustomerRow,
  holder: CustomerId | undefined,
  own: CustomerId | undefined,
): CustomerListResult['rows'][number] {
  const { rowNumber, problem: found, name, reference, msisdn } = row;
  const known = holder === own ? 'recorded' : 'known';
  const state = found !== null ? 'wrong' : holder === undefined ? 'ready' : known;
  const isShown = state === 'recorded' || state === 'known';
  return {
    ...{ rowNumber, state, problem: found, name, reference },
    msisdn: msisdn && maskMsisdn(msisdn),
    customerId: isShown && holder !== undefined ? toPublicId('customer', holder) : null,
  };
}

export const customerListRoutes: readonly Route[] = [record, upload];
