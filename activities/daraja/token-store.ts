/** API tokens shared by all workers through Redis, sealed; without Redis each worker has its own. */
import type { Redis } from 'ioredis';
import type { HouseBox } from '../../db/seal.ts';

export interface DarajaToken {
  token: string;
  /** Milliseconds since 1970 after which it is not used any more. */
  usableUntilMs: number;
}

/** Keys are made by the key builder below; every method may fail and is then done without. */
export interface TokenStore {
  read(key: string): Promise<DarajaToken | undefined>;
  write(key: string, token: DarajaToken, nowMs: number): Promise<void>;
  /** Forgets a token that was refused, unless another one has taken its place. */
  drop(key: string, token: string): Promise<void>;
  /** True for one caller at a time: that one fetches, the others wait for its token. */
  claim(key: string, forMs: number): Promise<boolean>;
}

export function openTokenStore(redis: Redis, box: HouseBox): TokenStore {
  async function read(key: string): Promise<DarajaToken | undefined> {
    const sealed = await redis.getBuffer(key);
    if (sealed === null) return undefined;
    try {
      return JSON.parse(box.open(sealed, key).toString('utf8'));
    } catch {
      // Sealed under another key-encryption key: as good as none.
      return undefined;
    }
  }

  return {
    read,
    async write(key, token, nowMs) {
      const sealed = box.seal(Buffer.from(JSON.stringify(token)), key);
      const lifetimeMs = Math.max(1, Math.floor(token.usableUntilMs - nowMs));
      await redis.set(key, sealed, 'PX', lifetimeMs);
    },
    async drop(key, token) {
      const current = await read(key);
      if (current?.token === token) await redis.del(key);
    },
    async claim(key, forMs) {
      return (await redis.set(`${key}:fetching`, '1', 'PX', forMs, 'NX')) === 'OK';
    },
  };
}

/** A store for one process alone. */
export const noTokenStore: TokenStore = {
  read: async () => undefined,
  write: async () => {},
  drop: async () => {},
  claim: async () => true,
};
