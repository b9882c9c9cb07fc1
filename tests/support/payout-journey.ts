/**
 * Money out through the whole product: gateway and workers as processes, the twin as provider, and
 * a client that speaks only the public API.
 */
import { randomUUID } from 'node:crypto';
import { id, toPublicId, type DisbursementId } from '../../domain/ids.ts';
import type { FaultRule } from '../../simulators/daraja/faults/effects.ts';
import type { DarajaTwin } from '../../simulators/daraja/twin.ts';
import type { Answer, ApiClient } from './api-client.ts';
import { aShortcode } from './collections.ts';
import { aFloat } from './payouts.ts';
import type { Running } from './processes.ts';
import type { Stack } from './stack.ts';
import { openTwinStack } from './twin-stack.ts';
import { until } from './until.ts';

export interface PayoutView {
  id: string;
  status: string;
  amountCents: number;
  chargeCents: number;
  receipt: string | null;
  refusal: { code: string; providerCode: string | null } | null;
  isDisputed: boolean;
  timeline?: { status: string }[];
}

export interface PayoutJourney {
  stack: Stack;
  twin: DarajaTwin;
  /** What every process needs to find the twin and to be quick. */
  env: Readonly<Record<string, string>>;
  /** Reads, or sends a body under a new idempotency key. */
  ask<Body>(path: string, body?: object): Promise<Answer<Body>>;
  /** Asks for a payout to a phone; the twin's rules may know it by its number. */
  pay(wish: { msisdn: string; shillings: number; kind?: string }): Promise<PayoutView>;
  /** Waits until nothing is under way any more. */
  settled(payoutId: string, withinMs?: number): Promise<PayoutView>;
  /** Replaces the rules of the twin. */
  rules(...rules: FaultRule[]): void;
  /** What the provider's book and ours say about a payout, without ids and times. */
  record(payout: PayoutView): Promise<object>;
  shortcodeId: string;
  /** The first gateway; a suite that kills it starts another. */
  gateway: Running;
  close(): Promise<void>;
}

/** Starts the stack's gateway and a twin, and gives the demo tenant a shortcode with money. */
export async function openPayoutJourney(): Promise<PayoutJourney> {
  const { stack, twin, env, close } = await openTwinStack({
    twin: { settings: { resultAfterMs: 150, callbackRetriesMs: [200, 500], repeatWindowMs: 1 } },
  });
  const tenantId = id('tenant', stack.tenantId);
  const shortcodeId = await stack.database.db.withTenant(tenantId, async (t) => {
    const made = await aShortcode(t, { number: '600984' });
    await aFloat(t, made, 2_000_000);
    return made;
  });
  const gateway = await stack.startGateway(env);
  const ask = askWith(await stack.client());
  const journey: PayoutJourney = {
    ...{ stack, twin, env, ask, gateway, shortcodeId: toPublicId('shortcode', shortcodeId) },
    async pay({ msisdn, shillings, kind = 'business-payment' }) {
      const answer = await ask<{ disbursement: PayoutView }>('/v1/disbursements', {
        ...{ shortcodeId: journey.shortcodeId, kind, amountCents: shillings * 100 },
        payee: { kind: 'msisdn', msisdn },
      });
      if (answer.status !== 202)
        throw new Error(`a payout was answered ${JSON.stringify(answer.body)}`);
      return answer.body.disbursement;
    },
    async settled(payoutId, withinMs = 90_000) {
      let view: PayoutView | undefined;
      const isSettled = async () => {
        view = (await ask<PayoutView>(`/v1/disbursements/${payoutId}`)).body;
        return ['paid', 'refused', 'cancelled', 'expired'].includes(view.status);
      };
      await until(isSettled, { withinMs, everyMs: 100 }).catch((cause: unknown) => {
        throw new Error(`not settled: ${JSON.stringify(view)}`, { cause });
      });
      if (view === undefined) throw new Error('no payout');
      return view;
    },
    rules: (...rules) => twin.world.rules.replace(rules),
    record: (payout) => recordOf(stack, twin, payout),
    close,
  };
  return journey;
}

function askWith(client: ApiClient): PayoutJourney['ask'] {
  return (path, body) =>
    body === undefined
      ? client.get(path)
      : client.post(path, body, { 'idempotency-key': randomUUID() });
}

async function recordOf(stack: Stack, twin: DarajaTwin, payout: PayoutView): Promise<object> {
  const uuid = uuidOf(payout.id);
  const originator = `dft-${uuid.replaceAll('-', '')}`;
  const sent = [...twin.world.book.entries].filter(
    (entry) => entry.originatorConversationId === originator,
  );
  const postings = await stack.database.asOwner(
    `select a.kind, e.amount_cents from shared.ledger_transactions x
     join shared.ledger_entries e on e.tenant_id = x.tenant_id and e.transaction_id = x.id
     join shared.ledger_accounts a on a.tenant_id = e.tenant_id and a.id = e.account_id
     where x.source_id = $1 order by 1, 2`,
    [uuid],
  );
  const held = await stack.database.asOwner(
    `select h.state, r.status from shared.limit_holds h
     join shared.ledger_reservations r on r.tenant_id = h.tenant_id and r.reference = h.reference
     where h.reference = $1`,
    [`disbursement/${uuid}`],
  );
  const { status, amountCents, chargeCents, isDisputed } = payout;
  return {
    ...{ status, amountCents, chargeCents, isDisputed, postings, held },
    sent: sent.map((entry) => [entry.kind, entry.amountCents, entry.status]),
    isSameReceipt: sent.some(({ receipt }) => receipt === payout.receipt),
  };
}

function uuidOf(publicId: string): DisbursementId {
  const hex = publicId.slice(publicId.indexOf('_') + 1);
  const cuts = [0, 8, 12, 16, 20, 32];
  const parts = cuts.slice(1).map((end, index) => hex.slice(cuts[index], end));
  return id('disbursement', parts.join('-'));
}
