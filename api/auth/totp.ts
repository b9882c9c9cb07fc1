/** One-time passwords by time (RFC 6238: SHA-1, six digits, thirty seconds) and recovery codes. */
import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const periodSeconds = 30;
/** A code of the step before or after is taken too, for clocks that are a little off. */
const window = 1;
const seedBytes = 20;

export function newSeed(): string {
  return new Secret({ size: seedBytes }).base32;
}

/** The address an authenticator app reads from the picture. */
export function totpUri(seed: string, email: string): string {
  return totpOf(seed, email).toString();
}

/** The step a code belongs to; undefined when it is wrong now. `nowMs` is milliseconds since 1970. */
export function stepOf(seed: string, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totpOf(seed).validate({ token: code, timestamp: nowMs, window });
  return delta === null ? undefined : Math.floor(nowMs / 1000 / periodSeconds) + delta;
}

function totpOf(seed: string, label = 'account'): TOTP {
  return new TOTP({
    ...{ issuer: 'Daftari', label, algorithm: 'SHA1', digits: 6, period: periodSeconds },
    secret: Secret.fromBase32(seed),
  });
}

const codeCount = 10;
/** Base 32 without letters that look like digits. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Ten codes of 80 bits each, in groups of four: `k4tq-…`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: codeCount }, () => {
    const letters = [...randomBytes(16)].map((byte) => alphabet[byte & 31] ?? '');
    return (letters.join('').match(/.{4}/g) ?? []).join('-');
  });
}

/** The form in which a code is compared: however it was typed, without dashes and spaces. */
export function plainRecoveryCode(text: string): string | undefined {
  const plain = text.toLowerCase().replaceAll(/[\s-]/g, '');
  return /^[a-z2-9]{16}$/.test(plain) ? plain : undefined;
}
