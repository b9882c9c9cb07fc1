/** What the API needs from the world; tests give a real database and a fake Temporal. */
import type { Redis } from 'ioredis';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import type { TemporalGateway } from '../temporal/client.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Authentication } from './auth/authentication.ts';

export interface Dependencies {
  db: Database;
  temporal: Pick<
    TemporalGateway,
    | 'startIngest'
    | 'startUndo'
    | 'providePassword'
    | 'provideMapping'
    | 'reviewStatement'
    | 'cancel'
    | 'runUrl'
  >;
  redis: Redis;
  config: Pick<
    Config,
    'profile' | 'publicUrl' | 'demoLogin' | 'trustedProxies' | 'jwt' | 'keys'
  >;
  telemetry: Telemetry;
  authentication: Authentication;
  /** Milliseconds since 1970. */
  now: () => number;
}
