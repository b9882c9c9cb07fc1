/**
 * Remembers which tokens were verified, by their SHA-256: a signature costs far more than a hash.
 * Bounded, oldest out first; a new revocation epoch forgets everything at once.
 */
import { hash } from 'node:crypto';
import type { Principal } from './principal.ts';

export interface VerifiedTokens {
  find(token: string, nowMs: number): Principal | undefined;
  remember(token: string, principal: Principal): void;
  /** Forgets every token, so that each is verified again. */
  revokeAll(): void;
}

export function verifiedTokens(countMax: number): VerifiedTokens {
  const principals = new Map<string, Principal>();
  return {
    find: (token, nowMs) => {
      const principal = principals.get(hashOf(token));
      return principal !== undefined && nowMs / 1000 < principal.expiresAt ? principal : undefined;
    },
    remember: (token, principal) => {
      const oldest = principals.keys().next();
      if (principals.size >= countMax && !oldest.done) principals.delete(oldest.value);
      principals.set(hashOf(token), principal);
    },
    revokeAll: () => principals.clear(),
  };
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64');
}
