/** A masked number in full, for a person who asks for one; asking is what the audit log keeps. */
import { z } from 'zod';
import { openedCollection } from '../../db/collections.ts';
import type { TenantHandle } from '../../db/database.ts';
import { findDisbursement } from '../../db/disbursements.ts';
import { noteShowing, type NumberShowing } from '../../db/shown-numbers.ts';
import type { Payee } from '../../domain/disbursements/terms.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { shownNumber } from './schema.ts';

const shared = {
  method: 'post',
  auth: 'personal:reveal',
  description:
    'For persons only, at most 30 in an hour for each of them. The audit log says who was shown the number of what, never the number.',
  responses: { 200: { description: 'The number', schema: shownNumber } },
} as const;

const ofCollection = route({
  ...shared,
  path: '/v1/collections/{id}/number',
  tag: 'Collections',
  summary: 'Show the number a collection was asked from',
  request: { params: z.strictObject({ id: idSchema('collection') }) },
  problems: ['not-found', 'numbers-used-up'],
  handler: async ({ params: { id } }, call) => {
    const found = await show(call, { objectKind: 'collection', objectId: id }, async (t) => {
      const collection = await openedCollection(t, id);
      return collection === undefined ? 'not-found' : { msisdn: collection.msisdn };
    });
    if (found === 'not-found') return problem(found);
    if ('waitSeconds' in found) return usedUp(found);
    return { status: 200, body: found };
  },
});

const ofPayout = route({
  ...shared,
  path: '/v1/disbursements/{id}/number',
  tag: 'Disbursements',
  summary: 'Show the number a payout goes to',
  request: { params: z.strictObject({ id: idSchema('disbursement') }) },
  problems: ['not-found', 'no-number', 'numbers-used-up'],
  handler: async ({ params: { id } }, call) => {
    const found = await show(call, { objectKind: 'disbursement', objectId: id }, async (t) => {
      const payout = await findDisbursement(t, id);
      if (payout === undefined) return 'not-found';
      const msisdn = numberOf(payout.payee);
      return msisdn === null ? 'no-number' : { msisdn };
    });
    if (typeof found === 'string') return problem(found);
    if ('waitSeconds' in found) return usedUp(found);
    return { status: 200, body: found };
  },
});

function numberOf(payee: Payee): string | null {
  return payee.kind === 'msisdn' || payee.kind === 'payer' ? payee.msisdn : null;
}

interface TooMany {
  waitSeconds: number;
}

/** What was found, once it stands in the log that it is shown. */
function show<Refused extends string>(
  call: Call,
  of: Pick<NumberShowing, 'objectKind' | 'objectId'>,
  find: (t: TenantHandle) => Promise<{ msisdn: string } | Refused>,
): Promise<{ msisdn: string } | Refused | TooMany> {
  const { principal, requestId } = call;
  return changeOwn(call, async (t) => {
    const found = await find(t);
    if (typeof found === 'string') return found;
    const noted = await noteShowing(t, { ...of, actor: actorOf(principal), requestId });
    return noted.ok ? found : { waitSeconds: noted.waitSeconds };
  });
}

function usedUp({ waitSeconds }: TooMany) {
  return problem('numbers-used-up', { headers: { 'Retry-After': String(waitSeconds) } });
}

export const shownNumberRoutes: readonly Route[] = [ofCollection, ofPayout];
