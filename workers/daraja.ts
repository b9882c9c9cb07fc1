/** What the payment services of one process share to talk to Daraja. */
import { readFile } from 'node:fs/promises';
import { openDaraja, type Daraja } from '../activities/daraja/client.ts';
import { openCallLimiter } from '../activities/daraja/limiter.ts';
import { darajaObserver } from '../activities/daraja/metrics.ts';
import { openTokenStore } from '../activities/daraja/token-store.ts';
import type { DarajaConfig } from '../config.ts';
import { openHookTokens, type HookTokens } from '../db/hook-tokens.ts';
import { openHouseBox } from '../db/seal.ts';
import type { World } from './world.ts';

export interface DarajaDoor {
  daraja: Daraja;
  /** Makes the addresses callbacks come to. */
  hooks: HookTokens;
}

const doors = new WeakMap<World, DarajaDoor>();

/** One client per process: its pool, tokens and turns are shared by all activities. */
export function darajaDoor(world: World): DarajaDoor {
  const known = doors.get(world);
  if (known !== undefined) return known;
  const { config, redis, telemetry, nowMs } = world;
  const kek = config.keys.kek.reveal();
  const { baseUrl, callsPerSecond, hooksUrl } = config.daraja;
  const door = {
    daraja: openDaraja({
      ...{ baseUrl, nowMs },
      certificatePem: () => certificateOf(config.daraja),
      tokens: openTokenStore(redis, openHouseBox(kek, 'daraja tokens')),
      limiter: openCallLimiter({ redis, callsPerSecond }),
      observe: darajaObserver(telemetry),
    }),
    hooks: openHookTokens({ kek, hooksUrl }),
  };
  doors.set(world, door);
  return door;
}

/** The certificate of the environment; the twin hands out its own. */
async function certificateOf({ baseUrl, certificateFile }: DarajaConfig): Promise<string> {
  if (certificateFile !== '') return readFile(certificateFile, 'utf8');
  const answer = await fetch(`${baseUrl}/twin/certificate`, { signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(`no certificate at ${baseUrl}: ${answer.status}`);
  return answer.text();
}
