/**
 * Every process of the product beside a twin of the provider, with processes that can be killed and
 * come back. The stack outlives seeds; each seed brings a business and a shortcode of its own.
 */
import { markPullRegistered } from '../../db/shortcodes.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { aShortcode } from '../../tests/support/collections.ts';
import { aFloat } from '../../tests/support/payouts.ts';
import type { Running } from '../../tests/support/processes.ts';
import type { Stack } from '../../tests/support/stack.ts';
import { openTwinStack } from '../../tests/support/twin-stack.ts';
import { addOrganisation } from '../daraja/defaults.ts';
import type { DarajaTwin } from '../daraja/twin.ts';
import type { Person } from './people.ts';

export type Victim = 'gateway' | 'workers';

export interface ChaosStack {
  stack: Stack;
  twin: DarajaTwin;
  /** Kills a process with SIGKILL and starts it again at once; resolves when it is ready. */
  strike(victim: Victim): Promise<void>;
  /** A business with a shortcode, money on it, and somebody who may ask for things. */
  newBusiness(shortcodeNumber: string): Promise<Business>;
  close(): Promise<void>;
}

export interface Business extends Person {
  tenantId: string;
  number: string;
}

const floatShillings = 1_000_000;

/** Waits of payments are shortened by `timeScale`; everything else runs as in production. */
export async function openChaosStack(timeScale: number): Promise<ChaosStack> {
  const { stack, twin, env, close } = await openTwinStack({
    timeScale,
    twin: {
      logSize: 200,
      settings: {
        phone: { action: 'pin', afterMs: 150 },
        promptMs: 2_000,
        ...{ resultAfterMs: 150, repeatWindowMs: 1, callbackRetriesMs: [200, 500, 1_500] },
        ...{ callbackTimeoutMs: 3_000, holdMs: 4_000, hasMagic: false },
      },
    },
  });
  const start = { gateway: () => stack.startGateway(env), workers: () => stack.startWorkers(env) };
  const running: Record<Victim, Running> = {
    gateway: await start.gateway(),
    workers: await start.workers(),
  };
  const striking: Record<Victim, Promise<void>> = {
    gateway: Promise.resolve(),
    workers: Promise.resolve(),
  };
  const strikeOne = async (victim: Victim) => {
    await running[victim].kill();
    running[victim] = await start[victim]();
  };
  return {
    ...{ stack, twin },
    // One after another: two strikes at once would kill one process and start two in its place.
    strike: (victim) => (striking[victim] = striking[victim].then(() => strikeOne(victim))),
    newBusiness: (number) => openBusiness(stack, twin, number),
    close,
  };
}

async function openBusiness(stack: Stack, twin: DarajaTwin, number: string): Promise<Business> {
  const { tenantId: tenant, client } = await stack.newTenant();
  const tenantId = id('tenant', tenant);
  const balances = {
    'Utility Account': floatShillings * 100,
    'Working Account': floatShillings * 100,
  };
  const organisation = addOrganisation(twin.world.book, { number, kind: 'paybill', balances });
  const shortcode = await stack.database.db.withTenant(tenantId, async (t) => {
    const made = await aShortcode(t, { number });
    await markPullRegistered(t, made);
    await aFloat(t, made, floatShillings);
    return made;
  });
  const shortcodeId = toPublicId('shortcode', shortcode);
  const { body } = await client.get<{ confirmationUrl: string; validationUrl: string }>(
    `/v1/shortcodes/${shortcodeId}/addresses`,
  );
  organisation.urls = { ...body, responseType: 'Completed', version: 2 };
  organisation.pull = { nominatedNumber: '254722000000', callbackUrl: body.confirmationUrl };
  return { url: stack.url, token: client.accessToken, shortcodeId, tenantId, number };
}
