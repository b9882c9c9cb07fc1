/**
 * What the drainer of the callback inbox hands to whoever knows what a callback is about. A handler
 * is registered per letter and kind of target, reads and writes in the one transaction in which the
 * callback becomes `recorded`, and says whom to tell afterwards.
 */
import type { TenantHandle } from '../db/database.ts';
import type { CallbackTell, HookLetter } from '../db/shortcode-tables.ts';
import type { CallbackId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { WorkflowStart } from '../workflows/types.ts';

export interface Callback {
  id: CallbackId;
  letter: HookLetter;
  /** The id the address was made for: a collection, a disbursement, a shortcode … */
  targetId: string;
  /** Parsed JSON; its shape is not checked yet (domain/daraja/callbacks.ts does that). */
  body: unknown;
  receivedAt: Instant;
}

export type CallbackOutcome =
  /** Taken up. `tell` signals the run that waits; a closed run starts `late` instead. */
  | { state: 'recorded'; tell?: CallbackTell; late?: WorkflowStart }
  /** It contradicts what we know: kept, without effect, for a person to look at. */
  | { state: 'quarantined'; cause: string }
  /** Not about anything of this handler: another one may know it. */
  | { state: 'not-mine' }
  /** What it belongs to is not recorded yet; it is tried again for a quarter of an hour. */
  | { state: 'waiting'; cause: string };

/** Must not reach outside its transaction: it may run again. Throws when the world failed. */
export type CallbackHandler = (t: TenantHandle, callback: Callback) => Promise<CallbackOutcome>;

export interface CallbackHandlers {
  /** `name` says whose it is, for logs: `collections`. Asked in the order of registration. */
  registerCallbackHandler(letter: HookLetter, name: string, handler: CallbackHandler): void;
  handlersOf(letter: HookLetter): readonly { name: string; handler: CallbackHandler }[];
}

export function callbackHandlers(): CallbackHandlers {
  const byLetter = new Map<HookLetter, { name: string; handler: CallbackHandler }[]>();
  return {
    registerCallbackHandler(letter, name, handler) {
      byLetter.set(letter, [...(byLetter.get(letter) ?? []), { name, handler }]);
    },
    handlersOf: (letter) => byLetter.get(letter) ?? [],
  };
}
