/** Customers of a twin who pay by themselves, and the addresses their confirmations go to. */
import { openHookTokens } from '../../db/hook-tokens.ts';
import { id } from '../../domain/ids.ts';
import type { CollectionStack } from './collection-stack.ts';
import { testKek } from './database.ts';
import { twinSecrets } from './collections.ts';

export interface TwinHooks {
  pay(payment: { msisdn: string; amountCents: number; accountReference: string }): Promise<void>;
}

/** Registers the confirmation address of the stack's shortcode with its twin. */
export async function registerHooks({
  stack,
  twin,
  shortcodeId,
}: CollectionStack): Promise<TwinHooks> {
  const tokens = openHookTokens({ kek: testKek, hooksUrl: stack.url });
  const target = { tenantId: id('tenant', stack.tenantId), targetId: shortcodeId };
  const basic = Buffer.from(`${twinSecrets.consumerKey}:${twinSecrets.consumerSecret}`);
  const session = await fetch(`${twin.url}/oauth/v1/generate?grant_type=client_credentials`, {
    headers: { authorization: `Basic ${basic.toString('base64')}` },
  });
  const { access_token: token } = (await session.json()) as { access_token: string };
  await demand(`${twin.url}/mpesa/c2b/v2/registerurl`, {
    headers: { authorization: `Bearer ${token}` },
    body: {
      ...{ ShortCode: '174379', ResponseType: 'Completed' },
      ConfirmationURL: tokens.urlOf('c', target),
      ValidationURL: tokens.urlOf('v', target),
    },
  });
  return {
    async pay(payment) {
      await demand(`${twin.adminUrl}/pay`, { body: { shortcode: '174379', ...payment } });
    },
  };
}

async function demand(
  url: string,
  request: { headers?: Record<string, string>; body: object },
): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...request.headers },
    body: JSON.stringify(request.body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
