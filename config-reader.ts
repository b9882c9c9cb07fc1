/** Reads single variables of the environment and collects what is wrong with them. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export type Environment = Record<string, string | undefined>;

/** A value that prints as `[secret]` wherever it is logged, serialised or inspected. */
export class Secret<Value> {
  readonly #value: Value;
  constructor(value: Value) {
    this.#value = value;
  }
  reveal(): Value {
    return this.#value;
  }
  toJSON(): string {
    return '[secret]';
  }
  toString(): string {
    return '[secret]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** Where people may sign in instead of with a password of ours, by OpenID Connect. */
export interface IdentityProvider {
  /** Ours, in addresses: lower-case letters, digits and dashes. */
  id: string;
  /** As people know it, on the button. */
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: Secret<string>;
}

const identityProviders = z
  .array(
    z.strictObject({
      id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
      name: z.string().min(1).max(40),
      issuer: z.url({ protocol: /^https?$/ }),
      clientId: z.string().min(1).max(255),
      clientSecret: z.string().min(16).max(512),
    }),
  )
  .max(10)
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'ids must differ');

export class Reader {
  readonly problems: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  text(name: string, fallback?: string): string {
    const value = this.#env[name];
    if (value !== undefined && value !== '') return value;
    if (fallback === undefined) this.problems.push(`${name} is not set`);
    return fallback ?? '';
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice {
    const value = this.text(name, fallback);
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) this.problems.push(`${name} must be one of ${choices.join(', ')}`);
    return choice ?? fallback;
  }

  whole(name: string, fallback: number, range: { min: number; max: number }): number {
    const value = this.text(name, String(fallback));
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= range.min && number <= range.max) return number;
    this.problems.push(`${name} must be a whole number from ${range.min} to ${range.max}`);
    return fallback;
  }

  fraction(name: string, fallback: number): number {
    const value = this.text(name, String(fallback));
    const number = /^\d(\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
    if (number > 0 && number <= 1) return number;
    this.problems.push(`${name} must be a number above 0 and up to 1`);
    return fallback;
  }

  list(name: string, fallback?: string): string[] {
    const entries = this.text(name, fallback).split(',');
    return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
  }

  kek(): Buffer {
    const key = Buffer.from(this.text('DAFTARI_KEK'), 'base64');
    if (key.length !== 32) this.problems.push('DAFTARI_KEK must be 32 bytes in base64');
    return key;
  }

  pepper(): Secret<Buffer> | undefined {
    const text = this.text('PASSWORD_PEPPER', '');
    if (text === '') return undefined;
    const pepper = Buffer.from(text, 'base64');
    if (pepper.length !== 32) this.problems.push('PASSWORD_PEPPER must be 32 bytes in base64');
    return new Secret(pepper);
  }

  /** A JSON file, because it holds secrets and a list; no file means no provider. */
  identityProviders(): IdentityProvider[] {
    const file = this.text('OIDC_PROVIDERS_FILE', '');
    if (file === '') return [];
    try {
      const parsed = identityProviders.safeParse(JSON.parse(readFileSync(file, 'utf8')));
      if (parsed.success) {
        return parsed.data.map((one) => ({ ...one, clientSecret: new Secret(one.clientSecret) }));
      }
      const [issue] = parsed.error.issues;
      this.problems.push(`OIDC_PROVIDERS_FILE: ${issue?.path.join('.')} ${issue?.message}`);
    } catch {
      this.problems.push(`OIDC_PROVIDERS_FILE cannot be read as JSON: ${file}`);
    }
    return [];
  }

  privateKey(): KeyObject | undefined {
    const file = this.text('JWT_PRIVATE_KEY_FILE');
    if (file === '') return undefined;
    try {
      const key = createPrivateKey(readFileSync(file));
      if (key.asymmetricKeyType === 'rsa') return key;
      this.problems.push('JWT_PRIVATE_KEY_FILE must hold an RSA key');
    } catch {
      this.problems.push(`JWT_PRIVATE_KEY_FILE cannot be read as a PEM private key: ${file}`);
    }
    return undefined;
  }
}
