/** What a person may post: they ask for it here, try it out, and a second person decides elsewhere. */
import { z } from 'zod';
import type { TenantHandle } from '../../db/database.ts';
import type { DryRun } from '../../db/ledger-dry-run.ts';
import { toPublicId } from '../../domain/ids.ts';
import { readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Route } from '../route.ts';
import { askForPosting, ledgerRefusals, tryOut } from './hand-posting.ts';
import { showOwner } from '../../domain/ledger/owner.ts';
import {
  adjustmentRequest,
  dryRunRequest,
  dryRunResult,
  postingRequest,
  reversalRequest,
} from './schema.ts';

const asked = { 201: { description: 'The request, which waits', schema: postingRequest } };
const mayRefuse = ['not-found', 'already-requested', ...ledgerRefusals] as const;

const adjust = route({
  method: 'post',
  path: '/v1/ledger/adjustments',
  tag: 'Ledger',
  summary: 'Ask for a correction of an account, with a reason',
  description: 'Nothing is posted until a second person agrees within seven days.',
  auth: 'ledger:adjust',
  idempotency: 'required',
  request: { body: adjustmentRequest },
  responses: asked,
  problems: mayRefuse,
  handler: async ({ body }, call) => {
    const { reason, ...wish } = body;
    return askForPosting(call, { kind: 'adjustment', ...wish }, { reason, body });
  },
});

const reverse = route({
  method: 'post',
  path: '/v1/ledger/transactions/{id}/reverse',
  tag: 'Ledger',
  summary: 'Ask for a transaction to be undone by its opposite',
  description:
    'Corrects the books only, once a second person agrees. Money that M-PESA moved is returned by a refund or a reversal there.',
  auth: 'ledger:adjust',
  idempotency: 'required',
  request: { params: z.strictObject({ id: idSchema('ledgerTransaction') }), body: reversalRequest },
  responses: asked,
  problems: mayRefuse,
  handler: async ({ params, body }, call) =>
    askForPosting(
      call,
      { kind: 'reversal', transactionId: params.id },
      { reason: body.reason, body },
    ),
});

const tryPosting = route({
  method: 'post',
  path: '/v1/ledger/dry-run',
  tag: 'Ledger',
  summary: 'What a posting by hand would do, without doing it',
  description: 'Balances before and after, or why the ledger would refuse. Nothing is stored.',
  auth: 'ledger:read',
  idempotency: 'optional',
  request: { body: dryRunRequest },
  responses: { 200: { description: 'What would happen', schema: dryRunResult } },
  problems: ['not-found'],
  handler: async ({ body }, call) => {
    const outcome = await readOwn(call, async (t) => {
      const trial = await tryOut(t, body);
      return trial && showTrial(trial, await shortcodeNames(t));
    });
    return outcome === undefined ? problem('not-found') : { status: 200, body: outcome };
  },
});

async function shortcodeNames(t: TenantHandle): Promise<ReadonlyMap<string, string>> {
  const found = await t.query.selectFrom('shortcodes').select(['id', 'name']).execute();
  return new Map(found.map(({ id, name }) => [id, name]));
}

function showTrial({ effects, refusal }: DryRun, names: ReadonlyMap<string, string>) {
  return {
    currency: 'KES' as const,
    effects: effects.map(({ account, accountId, ...figures }) => ({
      accountId: accountId === null ? null : toPublicId('ledgerAccount', accountId),
      ...{ kind: account.kind, owner: showOwner(account) },
      ownerName: names.get(account.owner) ?? null,
      ...figures,
    })),
    refusal: ledgerRefusals.find((code) => code === refusal?.code) ?? null,
  };
}

export const ledgerPostingRoutes: readonly Route[] = [adjust, reverse, tryPosting];
