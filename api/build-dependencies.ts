import { openFlags } from '../db/flag-provider.ts';
import { findStanding } from '../db/sessions.ts';
import { listSigningKeys } from '../db/signing-keys.ts';
import { apiKeyCheck } from './auth/api-keys.ts';
import { openAuthentication } from './auth/authentication.ts';
import { signingKeys } from './auth/keys.ts';
import { openOidc } from './auth/oidc.ts';
import { passwordChecker, pepperOf } from './auth/passwords.ts';
import { refreshTokens } from './auth/refresh-cookie.ts';
import { openRefusals } from './auth/refusals.ts';
import { openRevocations } from './auth/revocations.ts';
import { cursorKey } from './cursor.ts';
import type { Dependencies, World } from './dependencies.ts';
import { openBackPressure, usualPressure } from './edge/back-pressure.ts';
import { openDenials } from './edge/denials.ts';
import { openRateLimits } from './edge/rate-limits.ts';
import { openTokenLeases } from './edge/token-leases.ts';
import { openHooks } from './hooks/open.ts';
import { openLiveChannel } from './operations/live-channel.ts';

/** Adds what the API keeps for itself: keys, remembered tokens, counters and the live channel. */
export function buildDependencies(world: World): Dependencies {
  const { db, config, now, telemetry } = world;
  const { issuer, audience, privateKey } = config.jwt;
  const kek = config.keys.kek.reveal();
  const revocations = openRevocations(world);
  const refusals = openRefusals(world);
  const keys = signingKeys(privateKey.reveal(), {
    read: () => listSigningKeys(db),
    onChange: () => authentication.revokeAll(),
    now,
  });
  revocations.listen(() => void keys.refresh(), 'signing-key');
  const authority = { issuer, audience, keys };
  const authentication = openAuthentication({
    ...{ authority, revocations, now, apiKeys: apiKeyCheck(db, now, refusals.note) },
    findStanding: (who) => db.onPlatform((p) => findStanding(p, who)),
  });
  const refusedFor = (scope: string) =>
    telemetry.metrics.requestsRefused.labels({ reason: `quota-${scope}` });
  // Looking a counter up by its label costs more than counting.
  const overQuota = {
    ...{ tenant: refusedFor('tenant'), caller: refusedFor('caller') },
    ...{ application: refusedFor('application'), address: refusedFor('address') },
  };
  return {
    ...world,
    authority,
    authentication,
    revocations,
    rateLimits: openRateLimits({
      leases: openTokenLeases(world.redis, now),
      factor: config.edge.rateLimitFactor,
      backPressure: openBackPressure(usualPressure, now),
      onRefused: (scope) => overQuota[scope].inc(),
    }),
    denials: openDenials(world),
    refusals,
    refreshTokens: refreshTokens(kek),
    passwords: passwordChecker(pepperOf(kek, config.passwordPepper?.reveal())),
    oidc: openOidc(config),
    flags: openFlags(world),
    cursorKey: cursorKey(kek),
    live: openLiveChannel(world.redis),
    hooks: openHooks(world),
  };
}
