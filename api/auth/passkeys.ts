/**
 * Passkeys (WebAuthn). The relying party is the host of `PUBLIC_URL` and the origin exactly that
 * address; the person is always verified by the authenticator, so a passkey is two factors in one.
 */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Passkey } from '../../db/second-factors.ts';
import type { UserId } from '../../domain/ids.ts';

export interface RelyingParty {
  id: string;
  origin: string;
}

export function relyingParty(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { id: hostname, origin };
}

type Known = Pick<Passkey, 'credentialId' | 'transports'>;

/** What the browser needs to make a passkey for a person. */
export function enrolmentOptions(
  party: RelyingParty,
  person: { userId: UserId; email: string; name: string; known: readonly Known[] },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpName: 'Daftari',
    rpID: party.id,
    userID: new TextEncoder().encode(person.userId),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: person.known.map(asDescriptor),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  });
}

/** What the browser needs to use a passkey; without known ones it offers what it has. */
export function useOptions(
  party: RelyingParty,
  known: readonly Known[] = [],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: party.id,
    userVerification: 'required',
    allowCredentials: known.map(asDescriptor),
  });
}

function asDescriptor({ credentialId, transports }: Known) {
  // Transports were checked when the passkey was made; the library names more than browsers do.
  return { id: credentialId, transports: transports as AuthenticatorTransport[] };
}

export type NewCredential = Pick<
  Passkey,
  'credentialId' | 'publicKey' | 'counter' | 'transports' | 'isBackedUp'
>;

/** The credential a browser made; undefined when the answer does not fit the challenge. */
export async function verifyEnrolment(
  party: RelyingParty,
  challenge: string,
  response: RegistrationResponseJSON,
): Promise<NewCredential | undefined> {
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
  }).catch(() => undefined);
  if (verified?.verified !== true) return undefined;
  const { credential, credentialBackedUp } = verified.registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: [...(credential.transports ?? [])],
    isBackedUp: credentialBackedUp,
  };
}

export type UseOutcome =
  | { kind: 'verified'; counter: number }
  /** The authenticator counted backwards: somebody may have copied it. */
  | { kind: 'counted-back' }
  | { kind: 'refused' };

/** Checks what an authenticator signed. */
export async function verifyUse(
  party: RelyingParty,
  asked: { challenge: string; passkey: Passkey },
  response: AuthenticationResponseJSON,
): Promise<UseOutcome> {
  const { passkey, challenge } = asked;
  // A counter that went back is told apart from a wrong signature, so it is compared here.
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: 0,
    },
  }).catch(() => undefined);
  if (verified?.verified !== true) return { kind: 'refused' };
  const { newCounter: counter } = verified.authenticationInfo;
  const isBack = (counter > 0 || passkey.counter > 0) && counter <= passkey.counter;
  return isBack ? { kind: 'counted-back' } : { kind: 'verified', counter };
}
