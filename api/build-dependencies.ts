import { findMember } from '../db/auth.ts';
import { openAuthentication, type FindRole } from './auth/authentication.ts';
import { signingKeys } from './auth/keys.ts';
import { passwordChecker } from './auth/passwords.ts';
import { loginThrottle } from './auth/throttle.ts';
import { cursorKey } from './cursor.ts';
import type { Dependencies, World } from './dependencies.ts';
import { openLiveChannel } from './operations/live-channel.ts';

/** Adds what the API keeps for itself: keys, remembered tokens, counters and the live channel. */
export function buildDependencies(world: World): Dependencies {
  const { db, config, now } = world;
  const { issuer, audience, privateKey } = config.jwt;
  const authority = { issuer, audience, keys: signingKeys(privateKey.reveal()) };
  const findRole: FindRole = (tenantId, userId) =>
    db.withTenant(
      tenantId,
      async (t) => {
        const member = await findMember(t, userId);
        return member?.tenant.status === 'active' ? member.role : undefined;
      },
      { readOnly: true },
    );
  return {
    ...world,
    authority,
    authentication: openAuthentication({ authority, findRole, now }),
    login: { passwords: passwordChecker(), throttle: loginThrottle() },
    cursorKey: cursorKey(config.keys.kek.reveal()),
    live: openLiveChannel(world.redis),
  };
}
