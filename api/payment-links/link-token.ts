/**
 * The secret part of a payment link's address: tenant, link and a MAC over both. It cannot be
 * guessed or altered, and nothing has to be looked up to see whom it belongs to.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { id, type PaymentLinkId, type TenantId } from '../../domain/ids.ts';

export interface LinkPlace {
  tenantId: TenantId;
  linkId: PaymentLinkId;
}

const uuidBytes = 16;
const macBytes = 16;

function macOf(kek: Uint8Array, place: Uint8Array): Buffer {
  const key = Buffer.from(hkdfSync('sha256', kek, '', 'daftari payment links', 32));
  return createHmac('sha256', key).update(place).digest().subarray(0, macBytes);
}

export function linkToken(kek: Uint8Array, { tenantId, linkId }: LinkPlace): string {
  const place = Buffer.from(`${tenantId}${linkId}`.replaceAll('-', ''), 'hex');
  return Buffer.concat([place, macOf(kek, place)]).toString('base64url');
}

/** What a token was made for, or undefined when it is not one of ours. */
export function readLinkToken(kek: Uint8Array, token: string): LinkPlace | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 2 * uuidBytes + macBytes) return undefined;
  const place = bytes.subarray(0, 2 * uuidBytes);
  if (!timingSafeEqual(bytes.subarray(2 * uuidBytes), macOf(kek, place))) return undefined;
  return {
    tenantId: id('tenant', uuidOf(place.subarray(0, uuidBytes))),
    linkId: id('paymentLink', uuidOf(place.subarray(uuidBytes))),
  };
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
