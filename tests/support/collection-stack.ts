/** The whole product and a twin of Daraja, with one shortcode ready to collect. */
import { randomUUID } from 'node:crypto';
import type { FaultRule } from '../../simulators/daraja/faults/effects.ts';
import type { DarajaTwin } from '../../simulators/daraja/twin.ts';
import { id, toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import { aShortcode } from './collections.ts';
import type { Answer, ApiClient } from './api-client.ts';
import type { Running } from './processes.ts';
import type { Stack } from './stack.ts';
import { openTwinStack } from './twin-stack.ts';
import { until } from './until.ts';

export interface CollectionView {
  id: string;
  status: string;
  receipt: string | null;
  resultCode: string | null;
  isLate: boolean;
  ledgerTransactionId: string | null;
  witnesses: { kind: string; outcome: string; code: string | null }[];
  timeline: { type: string }[];
}

export interface CollectionStack {
  stack: Stack;
  twin: DarajaTwin;
  client: ApiClient;
  shortcodeId: ShortcodeId;
  /** The first gateway; a suite that kills it starts another. */
  gateway: Running;
  /** Environment for processes started later. */
  env: Readonly<Record<string, string>>;
  /** Asks for money and answers what the API said at once. */
  ask(wish?: Partial<Wish>): Promise<Answer<CollectionView>>;
  read(collectionId: string): Promise<CollectionView>;
  /** Waits until a collection has one of the statuses. */
  becomes(collectionId: string, ...statuses: string[]): Promise<CollectionView>;
  close(): Promise<void>;
}

export interface Wish {
  msisdn: string;
  amountCents: number;
  accountReference: string;
}

/** Payment waits are a hundredth of the real ones unless the suite says otherwise. */
export async function openCollectionStack(
  options: {
    rules?: FaultRule[];
    timeScale?: number;
    payAfterMs?: number;
    /** For the gateway alone: where it dies. */
    gatewayEnv?: Record<string, string>;
  } = {},
): Promise<CollectionStack> {
  const { rules = [], timeScale = 0.02, payAfterMs = 100 } = options;
  const { stack, twin, env, close } = await openTwinStack({
    timeScale,
    twin: {
      rules,
      settings: { phone: { action: 'pin', afterMs: payAfterMs }, repeatWindowMs: 1 },
    },
  });
  const gateway = await stack.startGateway({ ...env, ...options.gatewayEnv });
  const client = await stack.client();
  const tenantId = id('tenant', stack.tenantId);
  const shortcodeId = await stack.database.db.withTenant(tenantId, (t) => aShortcode(t));
  const read = async (collectionId: string) =>
    (await client.get<CollectionView>(`/v1/collections/${collectionId}`)).body;
  return {
    ...{ stack, twin, client, shortcodeId, env, read, gateway },
    ask: (wish = {}) =>
      client.post<CollectionView>(
        '/v1/collections',
        {
          shortcodeId: toPublicId('shortcode', shortcodeId),
          ...{ msisdn: '254712345678', amountCents: 150_000, accountReference: 'INV-10442' },
          ...wish,
        },
        { 'idempotency-key': randomUUID() },
      ),
    async becomes(collectionId, ...statuses) {
      await until(async () => statuses.includes((await read(collectionId)).status), {
        withinMs: 90_000,
        everyMs: 100,
      });
      return read(collectionId);
    },
    close,
  };
}
