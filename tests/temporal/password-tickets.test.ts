import { randomUUID } from 'node:crypto';
import { openKeyring } from '../../db/seal.ts';
import { id } from '../../domain/ids.ts';
import {
  dropTicket,
  openReference,
  openTicket,
  sealReference,
  sealTicket,
} from '../../temporal/password-tickets.ts';

const tenantId = id('tenant', randomUUID());
const stranger = id('tenant', randomUUID());

/** A Redis of three commands that remembers what it was told. */
function memory() {
  const values = new Map<string, string>();
  const lifetimes: number[] = [];
  return {
    values,
    lifetimes,
    async set(key: string, value: string, _mode: 'EX', seconds: number) {
      values.set(key, value);
      lifetimes.push(seconds);
    },
    get: async (key: string) => values.get(key) ?? null,
    del: async (key: string) => values.delete(key),
  };
}

describe('password tickets', () => {
  test('a sealed password is opened by its reference', async () => {
    const store = memory();

    const reference = await sealTicket(store, tenantId, 'pässwörd 123');

    expect(await openTicket(store, tenantId, reference)).toBe('pässwörd 123');
  });

  test('Redis holds neither the password nor the key, for an hour, under the tenant', async () => {
    const store = memory();

    const reference = await sealTicket(store, tenantId, 'siri-yangu');

    const [[key, value] = ['', '']] = [...store.values];
    const secret = reference.split('.')[1] ?? '';
    expect(key.startsWith(`t:${tenantId}:ticket:`)).toBe(true);
    expect(Buffer.from(value, 'base64').toString('latin1')).not.toContain('siri-yangu');
    expect(`${key}${value}`).not.toContain(secret);
    expect(store.lifetimes).toEqual([3600]);
  });

  test('the reference does not contain the password', async () => {
    const reference = await sealTicket(memory(), tenantId, 'siri');

    expect(reference).toMatch(/^[\w-]{22}\.[\w-]{43}$/);
    expect(Buffer.from(reference.split('.')[1] ?? '', 'base64url')).toHaveLength(32);
  });

  test('an expired, dropped or malformed reference opens nothing', async () => {
    const store = memory();
    const reference = await sealTicket(store, tenantId, 'siri');

    await dropTicket(store, tenantId, reference);

    expect(await openTicket(store, tenantId, reference)).toBeUndefined();
    expect(await openTicket(store, tenantId, 'no reference')).toBeUndefined();
  });

  test('a reference with another key opens nothing', async () => {
    const store = memory();
    const mine = await sealTicket(store, tenantId, 'mine');
    const other = await sealTicket(store, tenantId, 'other');
    const mixed = `${mine.split('.')[0]}.${other.split('.')[1]}`;

    expect(await openTicket(store, tenantId, mixed)).toBeUndefined();
  });

  test("a ticket moved to another tenant's key opens nothing", async () => {
    const store = memory();
    const reference = await sealTicket(store, tenantId, 'siri');
    const [[key, value] = ['', '']] = [...store.values];
    store.values.set(key.replace(tenantId, stranger), value);

    expect(await openTicket(store, stranger, reference)).toBeUndefined();
  });

  test('a reference waiting in the outbox opens only for its tenant and its run', () => {
    const keyring = openKeyring({ kek: Buffer.alloc(32, 1), kekId: 'k1' });
    const mine = keyring.sealerOf(tenantId, keyring.newDataKey(tenantId));
    const theirs = keyring.sealerOf(stranger, keyring.newDataKey(stranger));

    const sealed = sealReference(mine, 'statement/a', 'reference');

    expect(sealed).not.toContain('reference');
    expect(openReference(mine, 'statement/a', sealed)).toBe('reference');
    expect(() => openReference(mine, 'statement/b', sealed)).toThrow();
    expect(() => openReference(theirs, 'statement/a', sealed)).toThrow();
  });
});
