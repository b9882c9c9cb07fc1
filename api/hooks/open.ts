/** Puts intake, spool and validation of one gateway process together. */
import { isAwaitedReference } from '../../db/awaited-references.ts';
import { openHookTokens } from '../../db/hook-tokens.ts';
import { openHouseBox } from '../../db/seal.ts';
import { validatePayment } from '../../domain/collections/validation.ts';
import type { World } from '../dependencies.ts';
import { openIntake } from './intake.ts';
import { hookMetrics } from './metrics.ts';
import type { Hooks } from './routes.ts';
import { callbackSources } from './sources.ts';
import { openSpool } from './spool.ts';
import { callbackChannel } from '../../domain/redis-keys.ts';
import { openValidation, type C2bValidator } from './validation.ts';

/** The rules of collections, and whether somebody waits for a reference. */
const collectionsValidator: C2bValidator = {
  rule: validatePayment,
  isKnownReference: (t, shortcode, reference) => isAwaitedReference(t, shortcode.id, reference),
};

export function openHooks(world: World): Hooks {
  const { db, redis, config, telemetry, failpoint, now } = world;
  const { log, registry } = telemetry;
  const kek = config.keys.kek.reveal();
  const metrics = hookMetrics(registry);
  const spool = openSpool({
    directory: config.daraja.callbackSpoolDirectory,
    box: openHouseBox(kek, 'callback spool'),
    onTorn: (file, bytes) => log.error({ event: 'spoolFileTorn', file, bytes }),
  });
  // Without a spool callbacks still go to the database, and are refused while it is away.
  spool.catch((err: unknown) => log.error({ event: 'spoolUnusable', err }));
  const wake = () => void redis.publish(callbackChannel, '').catch(() => {});
  return {
    tokens: openHookTokens({ kek, hooksUrl: config.daraja.hooksUrl }),
    intake: openIntake({ db, spool, log, metrics, wake }),
    answerValidation: openValidation({ db, validator: collectionsValidator, metrics }),
    isAllowedSource: callbackSources(config.daraja.callbackSources),
    ...{ metrics, log, failpoint, now },
  };
}
