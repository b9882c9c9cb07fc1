/**
 * Whether somebody signed in on this device before. A browser keeps a mark in a cookie of its own,
 * which opens nothing; a program keeps no cookies and is known by its name together with the address
 * it comes from, as far back as sessions are kept.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Database, OperatorHandle } from '../../db/database.ts';
import { queueMail } from '../../db/mails.ts';
import { findEarlierSessions, type DeviceOfSession } from '../../db/sessions.ts';
import { instantFromEpochMs, nairobiText } from '../../domain/time.ts';
import { isProgram } from './device.ts';
import { ownCookie } from './own-cookie.ts';

const cookie = ownCookie('device');
const lifetimeSeconds = 400 * 24 * 60 * 60;

export interface DeviceMark {
  /** SHA-256 of the mark, which is what is stored. */
  hash: Buffer;
  /** Leaves the mark in the browser. */
  leave(response: Response): void;
}

/** The mark this browser has, or a new one. */
export function deviceMarkOf(request: Request, publicUrl: string): DeviceMark {
  const value = cookie.read(request, publicUrl) ?? randomBytes(32).toString('base64url');
  return {
    hash: createHash('sha256').update(value).digest(),
    leave: (response) => cookie.set(response, publicUrl, { value, maxAgeSeconds: lifetimeSeconds }),
  };
}

/**
 * Whether this is the first session of a person on a device. The very first sign-in to an account
 * that was just opened is none: there is nobody yet to be warned.
 */
export async function isNewDevice(
  o: OperatorHandle,
  { userId, device, mark }: DeviceOfSession,
  wasHere: (addressSealed: string) => boolean,
): Promise<boolean> {
  const earlier = await findEarlierSessions(o, { userId, device, mark });
  if (earlier.isMarked || earlier.isFirstOfAccount) return false;
  return !(isProgram(device) && earlier.addressesSealed.some(wasHere));
}

export interface NewDevice {
  device: string;
  person: { name: string; email: string; locale: string };
  atMs: number;
}

/** Tells a person by mail that somebody signed in as them where they had not been before. */
export function mailNewDevice(
  o: OperatorHandle,
  { platformSeal }: Pick<Database, 'platformSeal'>,
  { device, person, atMs, publicUrl }: NewDevice & { publicUrl: string },
): Promise<void> {
  const { email: to, locale, name } = person;
  const at = nairobiText(instantFromEpochMs(atMs));
  return queueMail(o, platformSeal, {
    ...{ template: 'new-device', locale, to },
    values: { name, device, at, link: `${publicUrl}/security` },
  });
}
