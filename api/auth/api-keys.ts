/** Checks API keys: form and check sum first, then the row, the secret and the address. */
import { randomInt, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { findUsableKey, noteKeyUse, type UsableKey } from '../../db/api-keys.ts';
import type { Database } from '../../db/database.ts';
import { base62, parseApiKey } from '../../domain/auth/api-key.ts';
import { id, type TenantId } from '../../domain/ids.ts';
import { isPermission, type Permission } from './permissions.ts';
import type { Principal } from './principal.ts';
import { rememberedAnswers, renewedEarly } from './remembered-answers.ts';

export interface ApiKeyCheck {
  /** Whose key it is; undefined when it does not work from this address now. */
  principalOf(text: string, address: string | undefined): Promise<Principal | undefined>;
  /** Whether a key that was let in still works; addresses are not looked at again. */
  standsStill(principal: Principal): Promise<boolean>;
  forget(): void;
}

/** Where a key is found, of what is written in it. */
type KeyPlace = Parameters<typeof findUsableKey>[1];

const noteUseMs = 60_000;
const countMax = 10_000;

/** A keyed hash: whoever reads the table cannot check guesses. */
export function secretHash(db: Database, lookup: string, secret: string): Buffer {
  return db.platformSeal.index(`api key ${lookup} ${secret}`);
}

export function randomBase62(length: number): string {
  return base62(Array.from({ length }, () => randomInt(62)));
}

/** `onRefused` hears of keys there are that came with another secret or from a foreign address. */
export function apiKeyCheck(
  db: Database,
  now: () => number,
  onRefused: (tenantId: TenantId) => void,
): ApiKeyCheck {
  const known = renewedEarly(
    rememberedAnswers({
      ...{ ask: (asked: KeyPlace) => findUsableKey(db, asked), now },
      keyOf: ({ environment, lookup }) => `${environment} ${lookup}`,
    }),
    now,
  );
  // The same principal for the same row, so that what others keep for it is found again.
  const principals = new WeakMap<UsableKey, Principal>();
  const askedBy = new WeakMap<Principal, KeyPlace>();
  const noted = new Map<string, number>();
  const noteUse = (key: UsableKey) => {
    if (now() - (noted.get(key.id) ?? 0) < noteUseMs) return;
    if (noted.size >= countMax) noted.clear();
    noted.set(key.id, now());
    noteKeyUse(db, key.id).catch(() => {});
  };
  return {
    principalOf: async (text, address) => {
      const parsed = parseApiKey(text);
      if (parsed === undefined) return undefined;
      const key = await known.find(parsed).answer;
      const given = secretHash(db, parsed.lookup, parsed.secret);
      if (key === undefined) return undefined;
      const isRight = timingSafeEqual(given, key.secretHash);
      if (!isRight || !isAllowed(key.addresses, address)) {
        onRefused(key.tenantId);
        return undefined;
      }
      if (Date.parse(key.expiresAt) <= now()) return undefined;
      noteUse(key);
      const principal = principals.get(key) ?? asPrincipal(key);
      principals.set(key, principal);
      const { lookup, environment } = parsed;
      askedBy.set(principal, { lookup, environment });
      return principal;
    },
    standsStill: async (principal) => {
      const asked = askedBy.get(principal);
      const key = asked && (await known.find(asked).answer);
      return key !== undefined && Date.parse(key.expiresAt) > now();
    },
    forget: () => known.forget(),
  };
}

function asPrincipal(key: UsableKey): Principal {
  return {
    userId: key.createdBy,
    tenantId: key.tenantId,
    role: key.role,
    tier: key.tier,
    isSuspended: key.isSuspended,
    sessionId: id('session', key.id),
    expiresAt: Math.floor(Date.parse(key.expiresAt) / 1000),
    signedInAt: 0,
    key: { id: key.id, scopes: key.scopes.filter(isPermission) satisfies Permission[] },
  };
}

/** An empty list allows every address. */
export function isAllowed(addresses: readonly string[], address: string | undefined): boolean {
  if (addresses.length === 0) return true;
  const plain = (address ?? '').replace(/^::ffff:/i, '');
  const version = isIP(plain);
  if (version === 0) return false;
  const list = new BlockList();
  for (const range of addresses) {
    const [base = '', bits] = range.split('/');
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(base, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a text is an address or a range in CIDR form. */
export function isAddressRange(text: string): boolean {
  const [base = '', bits, ...rest] = text.split('/');
  const version = isIP(base);
  if (version === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32))
  );
}
