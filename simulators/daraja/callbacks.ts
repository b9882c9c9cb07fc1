/** Sends the callbacks of an entry, as the rules of its request have it. */
import { createRandom } from '../statements/random.ts';
import type { Effect } from './faults/effects.ts';
import { planDeliveries } from './faults/plan.ts';
import type { Planned, Wanted } from './faults/plan.ts';
import type { Parcel } from './courier.ts';
import type { Api, Entry } from './terms.ts';
import type { World } from './world.ts';

export interface Callback extends Wanted {
  api: Api;
  effects: readonly Effect[];
  /** Where to write down that it was sent; absent for callbacks of queries. */
  entry?: Entry;
  /** Waits before further tries, where they differ from the usual ones. */
  retriesMs?: readonly number[];
}

/** Delivers what is due now and schedules the rest; resolves when the due ones were tried once. */
export async function sendCallback(world: World, callback: Callback): Promise<void> {
  if (callback.url === '') return;
  const random = createRandom(world.seed, `callback ${callback.entry?.sequence ?? callback.url}`);
  for (const planned of planDeliveries(callback, callback.effects, random)) {
    if (planned.afterMs <= 0) await dispatch(world, callback, planned);
    else world.clock.after(planned.afterMs, () => dispatch(world, callback, planned));
  }
}

async function dispatch(world: World, callback: Callback, planned: Planned): Promise<void> {
  const parcel = parcelOf(world, callback, planned);
  if (planned.heldBackMs !== undefined) {
    world.courier.holdBack(parcel, planned.heldBackMs);
    return;
  }
  await Promise.all(Array.from({ length: planned.atOnce }, () => world.courier.send(parcel)));
}

/** Most tries of one callback that the book remembers. */
const rememberedTries = 10;

function parcelOf(world: World, callback: Callback, planned: Planned): Parcel {
  const { api, entry, retriesMs = world.settings.callbackRetriesMs } = callback;
  const { url, text, isGenuine, effects, contentType } = planned;
  return {
    api,
    url,
    text,
    ...(contentType !== undefined && { contentType }),
    timeoutMs: world.settings.callbackTimeoutMs,
    retriesMs: isGenuine ? retriesMs : [],
    effects,
    onTry: (answer) => {
      if (entry === undefined || entry.callbacks.length >= rememberedTries) return;
      entry.callbacks.push({ api, at: world.clock.now(), answer, isGenuine });
    },
  };
}
