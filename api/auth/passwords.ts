/**
 * Argon2id over a peppered password, with bounded concurrency: hashing must not take the whole
 * machine. A hash starts with `p1` when the pepper is in it; older ones are replaced at sign-in.
 */
import { hash, verify } from '@node-rs/argon2';
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  normalisePassword,
  objectionTo,
  type PasswordObjection,
} from '../../domain/auth/password-policy.ts';

const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const concurrentMax = 2;
const waitingMax = 50;
const pepperedPrefix = 'p1';

export interface Passwords {
  /**
   * True when the password fits the stored hash. Without a stored hash it works just as long and
   * is false. Undefined when too many checks are waiting already.
   */
  fits(password: string, storedHash: string | undefined): Promise<boolean | undefined>;
  /** A hash to store; undefined when too many are waiting. */
  hash(password: string): Promise<string | undefined>;
  /** Whether a hash was made with older parameters than `hash` uses. */
  isOutdated(storedHash: string): boolean;
  /** Why a new password is not accepted; undefined when it is. */
  objectionTo(password: string, email?: string): PasswordObjection | undefined;
}

/** A hash without the pepper, for seeding; the first sign-in replaces it. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalisePassword(password), parameters);
}

/** The key of the pepper, derived from the key-encryption key unless one is given. */
export function pepperOf(kek: Uint8Array, given?: Buffer): Buffer {
  return given ?? Buffer.from(hkdfSync('sha256', kek, 'daftari', 'password pepper', 32));
}

export function passwordChecker(pepper: Buffer): Passwords {
  const enter = turnstile();
  const common = commonPasswords();
  const peppered = (password: string) =>
    createHmac('sha256', pepper).update(normalisePassword(password)).digest('base64');
  const hashed = async (password: string) =>
    `${pepperedPrefix}${await hash(peppered(password), parameters)}`;
  const decoy = hashed(randomBytes(16).toString('hex'));
  const inTurn = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const leave = await enter();
    if (leave === undefined) return undefined;
    try {
      return await work();
    } finally {
      leave();
    }
  };
  const matches = (stored: string, password: string) =>
    stored.startsWith(pepperedPrefix)
      ? verify(stored.slice(pepperedPrefix.length), peppered(password))
      : verify(stored, normalisePassword(password));
  return {
    fits: (password, storedHash) =>
      inTurn(async () => {
        const isHash = storedHash?.includes('$argon2') === true;
        const isRight = await matches(isHash ? storedHash : await decoy, password);
        return isRight && isHash;
      }),
    hash: (password) => inTurn(() => hashed(password)),
    isOutdated: (storedHash) =>
      !storedHash.startsWith(`${pepperedPrefix}$argon2id$v=19$m=19456,t=2,p=1$`),
    objectionTo: (password, email) =>
      objectionTo(password, { common, ...(email === undefined ? {} : { email }) }),
  };
}

/** Written by scripts/common-passwords.ts. */
function commonPasswords(): ReadonlySet<string> {
  const file = join(import.meta.dirname, 'common-passwords.txt');
  return new Set(readFileSync(file, 'utf8').trim().split('\n'));
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
