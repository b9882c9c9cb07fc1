/**
 * Money out through the whole product: gateway and workers as processes, the twin as provider, and
 * a client that speaks only the public API.
 */
import { randomUUID } from 'node:crypto';
import { postTransaction } from '../../db/ledger.ts';
import { id, toPublicId, type DisbursementId } from '../../domain/ids.ts';
import { received } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { demoLogin } from '../../scripts/demo-tenant.ts';
import type { FaultRule } from '../../simulators/daraja/faults/effects.ts';
import { startDarajaTwin, type DarajaTwin } from '../../simulators/daraja/twin.ts';
import { aShortcode } from './collections.ts';
import { openStack, type Stack } from './stack.ts';
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
  env: Record<string, string>;
  ask<Body>(path: string, body?: object): Promise<{ status: number; body: Body; text: string }>;
  /** Asks for a payout to a phone; the twin's rules may know it by its number. */
  pay(wish: { msisdn: string; shillings: number; kind?: string }): Promise<PayoutView>;
  /** Waits until nothing is under way any more. */
  settled(payoutId: string, withinMs?: number): Promise<PayoutView>;
  /** Replaces the rules of the twin. */
  rules(...rules: FaultRule[]): void;
  /** What the provider's book and ours say about a payout, without ids and times. */
  record(payout: PayoutView): Promise<object>;
  shortcodeId: string;
  close(): Promise<void>;
}

/** Starts the stack's gateway and a twin, and gives the demo tenant a shortcode with money. */
export async function openPayoutJourney(): Promise<PayoutJourney> {
  const [stack, twin] = await Promise.all([
    openStack(),
    startDarajaTwin({ settings: { resultAfterMs: 150, callbackRetriesMs: [200, 500] } }),
  ]);
  const env = {
    DARAJA_BASE_URL: twin.url,
    HOOKS_URL: stack.url,
    PAYMENT_TIME_SCALE: '0.02',
    DARAJA_CALLS_PER_SECOND: '200',
  };
  const tenantId = id('tenant', stack.tenantId);
  const shortcodeId = await stack.database.db.withTenant(tenantId, async (t) => {
    const made = await aShortcode(t, { number: '600984' });
    const amountCents = cents(2_000_000_00);
    await postTransaction(t, {
      ...{
        reference: 'opening',
        kind: 'opening',
        postings: received({ shortcodeId: made, amountCents }),
      },
      occurredAt: instantFromEpochMs(Date.now()),
      source: { kind: 'manual', id: 'opening', actor: 'user:test' },
    });
    return made;
  });
  await stack.startGateway(env);
  const token = await signInToken(stack.url);
  const ask = askWith(stack.url, token);
  const journey: PayoutJourney = {
    ...{ stack, twin, env, ask, shortcodeId: toPublicId('shortcode', shortcodeId) },
    async pay({ msisdn, shillings, kind = 'business-payment' }) {
      const answer = await ask<{ disbursement: PayoutView }>('/v1/disbursements', {
        ...{ shortcodeId: journey.shortcodeId, kind, amountCents: shillings * 100 },
        payee: { kind: 'msisdn', msisdn },
      });
      if (answer.status !== 202) throw new Error(`a payout was answered ${answer.text}`);
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
    async close() {
      await stack.close();
      await twin.close();
    },
  };
  return journey;
}

async function signInToken(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(demoLogin),
  });
  const session = (await response.json()) as { accessToken: string };
  return session.accessToken;
}

function askWith(url: string, token: string): PayoutJourney['ask'] {
  return async (path, body) => {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, body: isJson ? JSON.parse(text) : text, text };
  };
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
