/** Invitations into a tenant: the address is sealed, the token is kept as its hash only. */
import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { id, type Id, type TenantId, type UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { MemberRole } from './event-tables.ts';

export type InvitationId = Id<'invitation'>;

export interface Invitation {
  id: InvitationId;
  email: string;
  role: MemberRole;
  status: 'open' | 'accepted' | 'withdrawn';
  isExpired: boolean;
  createdAt: Instant;
  expiresAt: Instant;
}

const emailContext = 'invitation|email';
const tenantBytes = 16;
const secretBytes = 32;

/** A token for an e-mail: it says which tenant to look in, and 256 random bits. */
export function newInvitationToken(tenantId: TenantId): string {
  const tenant = Buffer.from(tenantId.replaceAll('-', ''), 'hex');
  return Buffer.concat([tenant, randomBytes(secretBytes)]).toString('base64url');
}

/** The tenant and the hash of a token; undefined when the text is none. */
export function readInvitationToken(
  token: string,
): { tenantId: TenantId; hash: Buffer } | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.byteLength !== tenantBytes + secretBytes) return undefined;
  const hex = bytes.subarray(0, tenantBytes).toString('hex');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { tenantId: id('tenant', uuid), hash: hashOf(token) };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Stores an invitation; an open one to the same address is replaced, so its old token is dead. */
export async function insertInvitation(
  t: TenantHandle,
  invitation: {
    id: InvitationId;
    email: string;
    role: MemberRole;
    token: string;
    invitedBy: string;
    lifetimeDays: number;
  },
): Promise<Invitation> {
  const email = invitation.email.toLowerCase();
  const emailIndex = t.seal.index(email);
  await t.query
    .updateTable('invitations')
    .set({ status: 'withdrawn', ended_at: sql<Instant>`now()` })
    .where('email_index', '=', emailIndex)
    .where('status', '=', 'open')
    .execute();
  const row = await t.query
    .insertInto('invitations')
    .values({
      tenant_id: t.tenantId,
      id: invitation.id,
      email_index: emailIndex,
      email_sealed: t.seal.sealText(email, emailContext),
      role: invitation.role,
      token_hash: hashOf(invitation.token),
      invited_by: invitation.invitedBy,
      expires_at: sql<Instant>`now() + make_interval(days => ${invitation.lifetimeDays})`,
    })
    .returning(shownColumns)
    .executeTakeFirstOrThrow();
  return toInvitation(t, row);
}

/** Open invitations, newest first; those that expired are shown until they are withdrawn. */
export async function listInvitations(t: TenantHandle): Promise<Invitation[]> {
  const rows = await t.query
    .selectFrom('invitations')
    .select(shownColumns)
    .where('status', '=', 'open')
    .orderBy('created_at', 'desc')
    .limit(200)
    .execute();
  return rows.map((row) => toInvitation(t, row));
}

export async function countOpenInvitations(t: TenantHandle): Promise<number> {
  const row = await t.query
    .selectFrom('invitations')
    .select(sql<number>`count(*)::int`.as('n'))
    .where('status', '=', 'open')
    .where('expires_at', '>', sql<Instant>`now()`)
    .executeTakeFirstOrThrow();
  return row.n;
}

/** True when an open invitation was withdrawn. */
export async function withdrawInvitation(
  t: TenantHandle,
  invitationId: InvitationId,
): Promise<boolean> {
  const done = await t.query
    .updateTable('invitations')
    .set({ status: 'withdrawn', ended_at: sql<Instant>`now()` })
    .where('id', '=', invitationId)
    .where('status', '=', 'open')
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** The invitation of a token, locked until the end of the transaction. */
export async function lockInvitation(
  t: TenantHandle,
  tokenHash: Buffer,
): Promise<Invitation | undefined> {
  const row = await t.query
    .selectFrom('invitations')
    .select(shownColumns)
    .where('token_hash', '=', tokenHash)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : toInvitation(t, row);
}

export async function markAccepted(
  t: TenantHandle,
  invitationId: InvitationId,
  userId: UserId,
): Promise<void> {
  await t.query
    .updateTable('invitations')
    .set({ status: 'accepted', accepted_by: userId, ended_at: sql<Instant>`now()` })
    .where('id', '=', invitationId)
    .execute();
}

const shownColumns = [
  'id',
  'email_sealed',
  'role',
  'status',
  'created_at',
  'expires_at',
  sql<boolean>`expires_at <= now()`.as('is_expired'),
] as const;

interface InvitationRow {
  id: InvitationId;
  email_sealed: string;
  role: MemberRole;
  status: Invitation['status'];
  created_at: Instant;
  expires_at: Instant;
  is_expired: boolean;
}

function toInvitation(t: TenantHandle, row: InvitationRow): Invitation {
  return {
    id: row.id,
    email: t.seal.openText(row.email_sealed, emailContext),
    role: row.role,
    status: row.status,
    isExpired: row.is_expired,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
