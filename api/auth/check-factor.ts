/** Checks what somebody shows as a second factor, and uses it up. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { noteSecurityEvent } from '../../db/attempts.ts';
import {
  acceptTotpStep,
  findPasskey,
  findTotpSeed,
  notePasskeyUse,
  useRecoveryCode,
  type Passkey,
} from '../../db/second-factors.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Call } from '../route.ts';
import { noteAccount } from './account-notes.ts';
import { relyingParty, verifyUse } from './passkeys.ts';
import { plainRecoveryCode, stepOf } from './totp.ts';

const seedContext = 'totp seed';

export function sealSeed({ db }: Call['dependencies'], seed: string): string {
  return db.platformSeal.sealText(seed, seedContext);
}

export function openSeed({ db }: Call['dependencies'], sealed: string): string {
  return db.platformSeal.openText(sealed, seedContext);
}

export function recoveryCodeHash({ db }: Call['dependencies'], plain: string): Buffer {
  return db.platformSeal.index(`recovery code ${plain}`);
}

/** What a code proved, as in `amr`; undefined when it proved nothing. Each code works once. */
export async function checkCode(
  call: Call,
  userId: UserId,
  code: string,
): Promise<'otp' | 'recovery' | undefined> {
  const { dependencies } = call;
  const recovery = plainRecoveryCode(code);
  return dependencies.db.asOperator('check a code', async (o) => {
    const seed = await findTotpSeed(o, userId);
    const step =
      seed?.isConfirmed === true
        ? stepOf(
            openSeed(dependencies, seed.seedSealed),
            code.replace(/\s/g, ''),
            dependencies.now(),
          )
        : undefined;
    if (step !== undefined) return (await acceptTotpStep(o, { userId, step })) ? 'otp' : undefined;
    if (recovery === undefined) return undefined;
    const hash = recoveryCodeHash(dependencies, recovery);
    return (await useRecoveryCode(o, userId, hash)) ? 'recovery' : undefined;
  });
}

/** The passkey that signed the challenge; undefined when the answer is not good. */
export async function checkPasskey(
  call: Call,
  asked: { challenge: string; userId?: UserId },
  response: AuthenticationResponseJSON,
): Promise<Passkey | undefined> {
  const { db, config } = call.dependencies;
  const passkey = await db.asOperator('find a passkey', (o) => findPasskey(o, response.id));
  if (passkey === undefined) return undefined;
  if (asked.userId !== undefined && asked.userId !== passkey.userId) return undefined;
  const party = relyingParty(config.publicUrl);
  const outcome = await verifyUse(party, { challenge: asked.challenge, passkey }, response);
  if (outcome.kind === 'refused') return undefined;
  const { counter: previous, id } = passkey;
  const isForward =
    outcome.kind === 'verified' &&
    (await db.asOperator('note the use of a passkey', (o) =>
      notePasskeyUse(o, { id, counter: outcome.counter, previous }),
    ));
  if (isForward) return passkey;
  await alertCopy(call, passkey);
  return undefined;
}

/** An authenticator that counts backwards may have a twin: somebody has to look. */
async function alertCopy(call: Call, { id, userId }: Passkey): Promise<void> {
  const { db, telemetry } = call.dependencies;
  const { requestId } = call;
  telemetry.log.error({ event: 'passkeyCountedBack', passkeyId: id, requestId });
  await db.asOperator('note a copied passkey', (o) =>
    noteSecurityEvent(o, { kind: 'passkey-counted-back', requestId }),
  );
  await noteAccount(call, userId, { action: 'passkey.counted-back', detail: { passkeyId: id } });
}
