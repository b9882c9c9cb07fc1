/** Asks another part of the house over its private listener, signed with the newest key of the caller. */
import { serviceKeyState } from '../../db/service-keys.ts';
import type { Database } from '../../db/database.ts';
import { serviceKey, signRequest } from './service-signature.ts';

const timeoutMs = 5_000;

/** Posts nothing to `url` as `service` and answers the JSON; throws when it was not answered 200. */
export async function callService(
  world: { db: Database; kek: Uint8Array; now: () => number },
  call: { service: string; url: URL },
): Promise<unknown> {
  const { service, url } = call;
  const { current: generation } = await serviceKeyState(world.db, service);
  const key = serviceKey(world.kek, service, generation);
  const request = { method: 'POST', path: url.pathname + url.search, body: new Uint8Array() };
  const answer = await fetch(url, {
    method: 'POST',
    headers: signRequest(request, { service, key, generation }, world.now()),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!answer.ok) throw new Error(`${url.host} answered ${answer.status}`);
  return answer.json();
}
