/**
 * The three processes that move money or figures, at once on one stack: a statement is read, a push
 * collects, a payout pays. What they leave is compared with what undisturbed ones leave.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { parsePublicId } from '../../domain/ids.ts';
import type { Effect } from '../../simulators/daraja/faults/effects.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import type { ApiClient } from './api-client.ts';
import type { CollectionView } from './collection-stack.ts';
import { openPayoutJourney, type PayoutJourney, type PayoutView } from './payout-journey.ts';
import { becomesPosted, restingDigest } from './twin.ts';
import { until } from './until.ts';

const askedNumber = '254712000009';
/** Several payouts to one number would ask a second person. */
const paidNumber = (round: number) => `2547123456${String(round).padStart(2, '0')}`;

interface Upload {
  tenantId: string;
  client: ApiClient;
  statementId: string;
}

interface Money {
  collectionId: string;
  payoutId: string;
}

export interface ThreeRuns {
  journey: PayoutJourney;
  /** Uploads the file for a business of its own; its rows are the same every time. */
  upload(): Promise<Upload>;
  /** Asks for money and for a payout, each until it is answered, under one key. */
  moveMoney(effects?: Effect[]): Promise<Money>;
  /** Resolves once the push and the payout of the last `moveMoney` have come to the provider. */
  requested(): Promise<void>;
  /** Resolves once the provider has taken both. */
  taken(): Promise<void>;
  /** Waits for both ends, demands that nothing was sent twice, and tells them without ids, times and receipts. */
  moneyEnds(money: Money): Promise<object>;
  /** Waits until the statement is posted and nothing is under way; answers the digest of its business. */
  readEnds(upload: Upload): Promise<string>;
  close(): Promise<void>;
}

/** Opens the stack with its gateway and no worker. */
export async function openThreeRuns(): Promise<ThreeRuns> {
  const file = await generateStatement({ layout: 'classic-csv', rows: 200, seed: 307 });
  const journey = await openPayoutJourney();
  const { stack, twin } = journey;
  const client = await stack.client();
  let round = 0;
  const sentTo = (number: string) =>
    twin.world.book.entries.filter(({ msisdn }) => msisdn === number).length;
  /** Pushes over all rounds, and the payouts of this one. */
  const sent = () => ({ pushes: sentTo(askedNumber), payouts: sentTo(paidNumber(round)) });
  return {
    journey,
    async upload() {
      const other = await stack.newTenant();
      const { status, body } = await other.client.upload(file);
      if (status !== 202) throw new Error(`the upload was answered ${status}`);
      return { ...other, statementId: body.statement.id };
    },
    async moveMoney(effects = []) {
      round += 1;
      const payee = paidNumber(round);
      journey.rules(...effects.flatMap((effect) => onBoth(effect, payee)));
      const { shortcodeId } = journey;
      const [collection, payout] = await Promise.all([
        persistently<CollectionView>(client, '/v1/collections', {
          ...{ shortcodeId, msisdn: askedNumber },
          ...{ amountCents: 150_000, accountReference: 'INV-10442' },
        }),
        persistently<{ disbursement: PayoutView }>(client, '/v1/disbursements', {
          ...{ shortcodeId, kind: 'business-payment', amountCents: 250_000 },
          payee: { kind: 'msisdn', msisdn: payee },
        }),
      ]);
      return { collectionId: collection.id, payoutId: payout.disbursement.id };
    },
    requested: () =>
      until(() => twin.world.rules.list().every(({ matched }) => matched > 0), {
        withinMs: 60_000,
      }),
    taken: () =>
      until(() => isDeepStrictEqual(sent(), { pushes: round, payouts: 1 }), { withinMs: 60_000 }),
    async moneyEnds({ collectionId, payoutId }) {
      const [collected, paidOut] = await Promise.all([
        collectedBy(journey, client, collectionId),
        journey.settled(payoutId).then(journey.record),
      ]);
      expect(sent()).toEqual({ pushes: round, payouts: 1 });
      // Figures of a statement that was just posted follow a moment later.
      let violations: string[] = [];
      await until(async () => {
        violations = await stack.checker.violations();
        return violations.length === 0;
      }).catch(() => {});
      expect(violations).toEqual([]);
      return { collected, paidOut };
    },
    async readEnds({ tenantId, client: reader, statementId }) {
      await becomesPosted(reader, statementId, file);
      return restingDigest(stack, tenantId, [file]);
    },
    close: journey.close,
  };
}

function onBoth(effect: Effect, payee: string) {
  return [
    { match: { api: 'stk-push' as const, msisdn: askedNumber }, effect },
    { match: { api: 'b2c' as const, msisdn: payee }, effect },
  ];
}

/** Like a client that was hung up on: the same request again, under the same key, until it is answered. */
async function persistently<Body>(client: ApiClient, path: string, body: object): Promise<Body> {
  const key = { 'idempotency-key': randomUUID() };
  let answered: Body | undefined;
  await until(
    async () => {
      const answer = await client.post<Body>(path, body, key);
      if ([200, 201, 202].includes(answer.status)) answered = answer.body;
      else throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return true;
    },
    { withinMs: 90_000, everyMs: 200 },
  );
  if (answered === undefined) throw new Error(`${path} was not answered`);
  return answered;
}

/** How a push ended, and its postings. */
async function collectedBy({ stack }: PayoutJourney, client: ApiClient, collectionId: string) {
  let view: CollectionView | undefined;
  await until(
    async () => {
      view = (await client.get<CollectionView>(`/v1/collections/${collectionId}`)).body;
      return view.status === 'paid';
    },
    { withinMs: 90_000, everyMs: 100 },
  ).catch((cause: unknown) => {
    throw new Error(`not paid: ${JSON.stringify(view)}`, { cause });
  });
  const postings = await stack.database.asOwner(
    `select a.kind, e.amount_cents from shared.ledger_transactions x
     join shared.ledger_entries e on e.tenant_id = x.tenant_id and e.transaction_id = x.id
     join shared.ledger_accounts a on a.tenant_id = e.tenant_id and a.id = e.account_id
     where x.source_id = $1 order by 1, 2`,
    [parsePublicId('collection', collectionId)],
  );
  const events = await stack.database.asOwner(
    `select type from shared.outbox where topic = 'domain-events' and data ->> 'collectionId' = $1`,
    [collectionId],
  );
  return { status: view?.status, isLate: view?.isLate, postings, events };
}
