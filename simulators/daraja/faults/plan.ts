/** Decides, without doing it, what is delivered for one callback: which texts, when, how often, where. */
import type { Random } from '../../statements/random.ts';
import { randomHex } from '../random.ts';
import { effectOf } from './effects.ts';
import type { Effect, Malformation } from './effects.ts';

export interface Planned {
  url: string;
  text: string;
  contentType?: string;
  afterMs: number;
  /** How many copies are on the way at the same time. */
  atOnce: number;
  /** Set when the parcel waits for another one to overtake it: the longest wait. */
  heldBackMs?: number;
  isGenuine: boolean;
  effects: string[];
}

export interface Wanted {
  url: string;
  body: unknown;
  /** What a forger who wants money would send instead of a failure. */
  successBody?: unknown;
}

/** The deliveries of one callback, in order. Without effects: the callback, once, now. */
export function planDeliveries(
  wanted: Wanted,
  effects: readonly Effect[],
  random: Random,
): Planned[] {
  const planned: Planned[] = [];
  const forged = effectOf(effects, 'callback-forged');
  if (forged !== undefined) planned.push(forgery(wanted, forged.how, random));
  const malformed = effectOf(effects, 'callback-malformed');
  if (malformed?.isExtra === true) planned.push(mangle(wanted, malformed.how));
  const isLost = effectOf(effects, 'callback-lost') !== undefined || forged?.isInstead === true;
  return isLost ? planned : [...planned, ...genuine(wanted, effects)];
}

function genuine(wanted: Wanted, effects: readonly Effect[]): Planned[] {
  const malformed = effectOf(effects, 'callback-malformed');
  const late = effectOf(effects, 'callback-late');
  const held = effectOf(effects, 'callback-out-of-order');
  const copies = effectOf(effects, 'callback-duplicated');
  const isMangled = malformed !== undefined && malformed.isExtra !== true;
  const body = shaped(wanted.body, effectOf(effects, 'callback-shape')?.how);
  const first: Planned = {
    ...(isMangled ? mangle(wanted, malformed.how) : plain(wanted.url, body)),
    isGenuine: !isMangled,
    afterMs: late?.ms ?? 0,
    ...(held !== undefined && { heldBackMs: held.atMostMs ?? 10_000 }),
    atOnce: copies?.concurrently === true ? copies.times : 1,
    effects: namesOf([late, held, copies, isMangled ? malformed : undefined]),
  };
  if (copies === undefined || copies.concurrently === true) return [first];
  return Array.from({ length: Math.max(1, copies.times) }, (_, index) => ({
    ...first,
    afterMs: first.afterMs + index * (copies.everyMs ?? 0),
  }));
}

function namesOf(effects: readonly (Effect | undefined)[]): string[] {
  return effects.flatMap((effect) => (effect === undefined ? [] : [effect.kind]));
}

function plain(url: string, body: unknown): Planned {
  const text = JSON.stringify(body);
  return { url, text, afterMs: 0, atOnce: 1, isGenuine: true, effects: [] };
}

function mangle({ url, body }: Wanted, how: Malformation): Planned {
  const effects = [`callback-malformed ${how}`];
  const whole = plain(url, body);
  const spoilt = { ...whole, isGenuine: false, effects };
  if (how === 'truncated') {
    return { ...spoilt, text: whole.text.slice(0, Math.ceil(whole.text.length * 0.6)) };
  }
  if (how === 'html') return { ...spoilt, text: edgePage, contentType: 'text/html' };
  if (how === 'empty') return { ...spoilt, text: '' };
  const changed = how === 'wrong-types' ? wrongTypes(body) : withoutMetadata(body);
  return { ...spoilt, text: JSON.stringify(changed) };
}

/** The page of a web firewall in front of the provider. */
export const edgePage =
  '<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"><title>Request unsuccessful</title></head>' +
  '<body><iframe id="main-iframe" src="/_Incapsula_Resource?incident_id=0">Request unsuccessful. Incapsula incident ID: 0-0</iframe></body></html>';

/** Numbers become lists, texts stay, lists become texts. */
function wrongTypes(value: unknown): unknown {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return JSON.stringify(value);
  return mapObject(value, wrongTypes);
}

const metadataNames = new Set(['CallbackMetadata', 'ResultParameters', 'TransID', 'TransAmount']);

function withoutMetadata(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !metadataNames.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutMetadata(inner)]));
}

function mapObject(value: unknown, change: (inner: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
}

function shaped(
  body: unknown,
  how: 'text-codes' | 'single-items' | 'list-items' | undefined,
): unknown {
  if (how === undefined) return body;
  return rename(body, (name, value) => {
    if (how === 'text-codes') {
      const isCode = name === 'ResultCode' || name === 'ResultType';
      return isCode && typeof value === 'number' ? String(value) : value;
    }
    const isItems = name === 'ResultParameter' || name === 'ReferenceItem';
    if (how === 'list-items') return isItems && !Array.isArray(value) ? [value] : value;
    return isItems && Array.isArray(value) ? value[0] : value;
  });
}

/** Rebuilds an object, giving every field a chance to change. */
function rename(value: unknown, change: (name: string, value: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => rename(inner, change));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, rename(change(name, inner), change)]),
  );
}

function forgery(
  wanted: Wanted,
  how: 'amount' | 'id' | 'token' | 'success',
  random: Random,
): Planned {
  const effects = [`callback-forged ${how}`];
  const url = how === 'token' ? otherToken(wanted.url, random) : wanted.url;
  const body = how === 'success' ? (wanted.successBody ?? wanted.body) : wanted.body;
  const changed =
    how === 'amount' ? otherAmount(body) : how === 'id' ? otherIds(body, random) : body;
  return { ...plain(url, changed), isGenuine: false, effects };
}

/** The last piece of the path becomes another one of the same length. */
function otherToken(url: string, random: Random): string {
  return url.replace(/[^/?#]+(?=[?#]|$)/, (piece) => randomHex(random, piece.length));
}

function otherAmount(body: unknown): unknown {
  return rename(body, (name, value) => {
    if (name === 'TransAmount') return '999999.00';
    if (!isNamedAmount(value)) return value;
    return Array.isArray(value) ? value.map(raiseAmount) : raiseAmount(value);
  });
}

function isNamedAmount(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function raiseAmount(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const name = 'Name' in item ? item.Name : 'Key' in item ? item.Key : undefined;
  const isAmount = name === 'Amount' || name === 'TransactionAmount';
  return isAmount ? { ...item, Value: 999_999 } : item;
}

const idNames = new Set([
  'MerchantRequestID',
  'CheckoutRequestID',
  'OriginatorConversationID',
  'ConversationID',
  'TransID',
]);

function otherIds(body: unknown, random: Random): unknown {
  return rename(body, (name, value) =>
    idNames.has(name) && typeof value === 'string' ? `X${randomHex(random, 12)}` : value,
  );
}
