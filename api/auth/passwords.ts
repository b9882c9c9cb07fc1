/** Argon2id with bounded concurrency: hashing must not take the whole machine. */
import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';

const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const concurrentMax = 2;
const waitingMax = 64;

export interface Passwords {
  /**
   * True when the password fits the stored hash. Without a stored hash it works just as long and
   * is false. Undefined when too many checks are waiting already.
   */
  fits(password: string, storedHash: string | undefined): Promise<boolean | undefined>;
}

/** Hashes a new password with the parameters this product uses. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, parameters);
}

export function passwordChecker(): Passwords {
  const enter = turnstile();
  const decoy = hashPassword(randomBytes(16).toString('hex'));
  return {
    fits: async (password, storedHash) => {
      const leave = await enter();
      if (leave === undefined) return undefined;
      try {
        const isRight = await verify(storedHash ?? (await decoy), password);
        return isRight && storedHash !== undefined;
      } finally {
        leave();
      }
    },
  };
}

/** Lets `concurrentMax` in; the others queue up, and beyond `waitingMax` are turned away. */
function turnstile(): () => Promise<(() => void) | undefined> {
  const waiting: (() => void)[] = [];
  let inside = 0;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) inside -= 1;
    else next();
  };
  return async () => {
    if (inside < concurrentMax) inside += 1;
    else if (waiting.length >= waitingMax) return undefined;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return leave;
  };
}
