/** The browser's side of passkeys. */
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import type { PasskeyChallenge } from '../../../api/auth/second-factor-schema.ts';

export const hasPasskeys = browserSupportsWebAuthn();

type CreationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];
type RequestOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];

/** Makes a passkey; throws when the person gives up. The options come from our own server. */
export function makePasskey({ options }: PasskeyChallenge) {
  return startRegistration({ optionsJSON: options as unknown as CreationOptions });
}

/** Uses a passkey; throws when the person gives up. */
export function showPasskey({ options }: PasskeyChallenge) {
  return startAuthentication({ optionsJSON: options as unknown as RequestOptions });
}
