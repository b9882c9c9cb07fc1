/**
 * Remembers which tokens were verified, by their SHA-256: a signature costs far more than a hash.
 * Bounded, oldest out first; a new revocation epoch forgets everything at once.
 */
import { hash } from 'node:crypto';
import type { Principal } from './principal.ts';

export interface VerifiedTokens {
  find(token: string, nowMs: number): Principal | undefined;
  /** Changes with every `revokeAll`. */
  epoch(): number;
  /** Keeps what was verified in this epoch; what an earlier one said is not kept. */
  remember(token: string, principal: Principal, epoch: number): void;
  /** Forgets every token, so that each is verified again. */
  revokeAll(): void;
}

export function verifiedTokens(countMax: number): VerifiedTokens {
  const principals = new Map<string, Principal>();
  let epoch = 0;
  return {
    find: (token, nowMs) => {
      const principal = principals.get(hashOf(token));
      return principal !== undefined && nowMs / 1000 < principal.expiresAt ? principal : undefined;
    },
    epoch: () => epoch,
    remember: (token, principal, since) => {
      if (since !== epoch) return;
      const oldest = principals.keys().next();
      if (principals.size >= countMax && !oldest.done) principals.delete(oldest.value);
      principals.set(hashOf(token), principal);
    },
    revokeAll: () => {
      epoch += 1;
      principals.clear();
    },
  };
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64');
}
