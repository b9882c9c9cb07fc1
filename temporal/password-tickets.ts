/**
 * A statement password crosses from the API to the parser by a ticket. The ticket reference holds a
 * random 256-bit key; Redis holds only the ciphertext, for an hour. Neither alone opens the
 * password, and the reference itself travels only inside encrypted Temporal payloads.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TenantId } from '../domain/ids.ts';
import { tenantKey } from '../domain/redis-keys.ts';

const lifetimeSeconds = 3600;
const referencePattern = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** The three Redis commands a ticket needs; ioredis satisfies it. */
export interface TicketStore {
  set(key: string, value: string, mode: 'EX', seconds: number): Promise<unknown>;
  get(key: string): Promise<string | null>;
  del(key: string): Promise<unknown>;
}

/** What the tenant's sealer offers for a reference that has to wait in the outbox. */
export interface TextSealer {
  sealText(text: string, context: string): string;
  openText(sealed: string, context: string): string;
}

/** Seals a password for one hour and returns its reference. Throws when Redis does not answer. */
export async function sealTicket(
  store: TicketStore,
  tenantId: TenantId,
  password: string,
): Promise<string> {
  const ticketId = randomBytes(16).toString('base64url');
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(redisKey(tenantId, ticketId)));
  const body = Buffer.concat([cipher.update(password, 'utf8'), cipher.final()]);
  const sealed = Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
  await store.set(redisKey(tenantId, ticketId), sealed, 'EX', lifetimeSeconds);
  return `${ticketId}.${key.toString('base64url')}`;
}

/**
 * The password behind a reference, or undefined when the hour is over, Redis lost it or the
 * reference does not fit. Throws when Redis does not answer.
 */
export async function openTicket(
  store: TicketStore,
  tenantId: TenantId,
  reference: string,
): Promise<string | undefined> {
  const parts = referencePattern.exec(reference);
  const [, ticketId, key] = parts ?? [];
  if (ticketId === undefined || key === undefined) return undefined;
  const sealed = await store.get(redisKey(tenantId, ticketId));
  return sealed === null
    ? undefined
    : open(Buffer.from(sealed, 'base64'), key, redisKey(tenantId, ticketId));
}

/** Forgets a password as soon as it is no longer needed. Throws when Redis does not answer. */
export async function dropTicket(
  store: TicketStore,
  tenantId: TenantId,
  reference: string,
): Promise<void> {
  const ticketId = referencePattern.exec(reference)?.[1];
  if (ticketId !== undefined) await store.del(redisKey(tenantId, ticketId));
}

/** Seals a reference with the tenant's key, as text, for the outbox row of a start. */
export function sealReference(sealer: TextSealer, workflowId: string, reference: string): string {
  return sealer.sealText(reference, referenceContext(workflowId));
}

/** Opens what `sealReference` sealed; throws when it was sealed for another workflow or tenant. */
export function openReference(sealer: TextSealer, workflowId: string, sealed: string): string {
  return sealer.openText(sealed, referenceContext(workflowId));
}

function referenceContext(workflowId: string): string {
  return `password-ticket|${workflowId}`;
}

function open(sealed: Buffer, key: string, aad: string): string | undefined {
  try {
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(key, 'base64url'),
      sealed.subarray(0, 12),
      { authTagLength: 16 },
    );
    decipher.setAAD(Buffer.from(aad));
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    // A reference with a wrong key is an expired ticket to whoever holds it, not a fault.
    return undefined;
  }
}

function redisKey(tenantId: TenantId, ticketId: string): string {
  return tenantKey(tenantId, 'ticket', ticketId);
}
