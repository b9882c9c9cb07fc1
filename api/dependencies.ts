/** What the API needs from the world; tests give a real database and a fake Temporal. */
import type { Redis } from 'ioredis';
import type { Failpoint } from '../activities/failpoint.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import type { Flags } from '../db/flag-provider.ts';
import type { TemporalGateway } from '../temporal/client.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Authentication } from './auth/authentication.ts';
import type { Passwords } from './auth/passwords.ts';
import type { Oidc } from './auth/oidc.ts';
import type { TokenAuthority } from './auth/tokens.ts';
import type { RefreshTokens } from './auth/refresh-cookie.ts';
import type { Refusals } from './auth/refusals.ts';
import type { Revocations } from './auth/revocations.ts';
import type { Denials } from './edge/denials.ts';
import type { RateLimits } from './edge/rate-limits.ts';
import type { Hooks } from './hooks/routes.ts';
import type { LiveChannel } from './operations/live-channel.ts';

/** What the outside world brings. */
export interface World {
  db: Database;
  temporal: Pick<
    TemporalGateway,
    | 'start'
    | 'ask'
    | 'startAndAsk'
    | 'providePassword'
    | 'provideMapping'
    | 'reviewStatement'
    | 'cancel'
    | 'lookAtBreach'
    | 'runUrl'
  >;
  redis: Redis;
  config: Pick<
    Config,
    'profile' | 'publicUrl' | 'daraja' | 'demoLogin' | 'trustedProxies' | 'edge' | 'jwt' | 'keys'
  > &
    Partial<Pick<Config, 'passwordPepper' | 'identityProviders' | 'flagRequestsIn'>>;
  telemetry: Telemetry;
  failpoint: Failpoint;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** The world, and what this process builds on it once. */
export interface Dependencies extends World {
  authority: TokenAuthority;
  authentication: Authentication;
  revocations: Revocations;
  refreshTokens: RefreshTokens;
  rateLimits: RateLimits;
  denials: Denials;
  refusals: Refusals;
  passwords: Passwords;
  oidc: Oidc;
  flags: Flags;
  cursorKey: Buffer;
  live: LiveChannel;
  hooks: Hooks;
}
