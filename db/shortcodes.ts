/**
 * The tenant's own M-PESA numbers and their credentials. Credentials are written and never shown:
 * only activities that call Daraja open them, inside the call.
 */
import { sql } from 'kysely';
import type { ShortcodeId, TenantId } from '../domain/ids.ts';
import { openToAll, type ValidationSettings } from '../domain/daraja/validation-settings.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { DarajaEnvironment, ShortcodeKind, ShortcodeStatus } from './shortcode-tables.ts';

export interface Shortcode {
  id: ShortcodeId;
  number: string;
  kind: ShortcodeKind;
  /** Tills: the number STK requests are made under. */
  storeNumber: string | null;
  name: string;
  status: ShortcodeStatus;
  environment: DarajaEnvironment;
  validation: ValidationSettings;
  /** 0 until credentials were given; counts every rotation. */
  credentialsVersion: number;
  credentialsAt: Instant | null;
  /** Set while calls by the initiator are stopped, with the result code that stopped them. */
  initiatorStop: { at: Instant; code: string } | null;
  urlsRegisteredAt: Instant | null;
  /** Set when M-PESA lists this shortcode's payments on request. */
  pullRegisteredAt: Instant | null;
  /** Every payment up to here has been looked at. */
  pulledUntil: Instant | null;
  createdAt: Instant;
  updatedAt: Instant;
  version: number;
}

/** What a tenant types in; every part is a secret. */
export interface CredentialSecrets {
  consumerKey: string;
  consumerSecret: string;
  /** Empty when the shortcode makes no STK requests. */
  passkey: string;
  /** Both empty when the shortcode pays nothing out and asks for no status. */
  initiatorName: string;
  initiatorPassword: string;
}

/** Everything a call to Daraja needs to know about who makes it. Never logged, never a payload. */
export interface ShortcodeCredentials extends CredentialSecrets {
  tenantId: TenantId;
  shortcodeId: ShortcodeId;
  number: string;
  kind: ShortcodeKind;
  storeNumber: string | null;
  credentialsVersion: number;
  /** The result code after which the initiator may not be used until it is renewed. */
  initiatorStopCode: string | null;
}

export interface NewShortcode {
  id: ShortcodeId;
  number: string;
  kind: ShortcodeKind;
  storeNumber: string | null;
  name: string;
  environment: DarajaEnvironment;
  validation?: ValidationSettings;
  createdBy: string;
}

/** Adds a shortcode; false when the tenant has this number already. */
export async function insertShortcode(t: TenantHandle, shortcode: NewShortcode): Promise<boolean> {
  const inserted = await t.query
    .insertInto('shortcodes')
    .values({
      tenant_id: t.tenantId,
      id: shortcode.id,
      number: shortcode.number,
      kind: shortcode.kind,
      store_number: shortcode.storeNumber,
      name: shortcode.name,
      environment: shortcode.environment,
      validation: JSON.stringify(shortcode.validation ?? openToAll),
      created_by: shortcode.createdBy,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'number']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export interface ShortcodePatch {
  name?: string;
  storeNumber?: string | null;
  status?: ShortcodeStatus;
  validation?: ValidationSettings;
}

/** Changes what may change; false when there is no such shortcode. */
export async function updateShortcode(
  t: TenantHandle,
  id: ShortcodeId,
  patch: ShortcodePatch,
): Promise<boolean> {
  const { name, storeNumber, status, validation } = patch;
  const updated = await t.query
    .updateTable('shortcodes')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(storeNumber === undefined ? {} : { store_number: storeNumber }),
      ...(status === undefined ? {} : { status }),
      ...(validation === undefined ? {} : { validation: JSON.stringify(validation) }),
    })
    .set(touched())
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return updated !== undefined;
}

const touched = () => ({
  version: sql<number>`version + 1`,
  updated_at: sql<Instant>`now()`,
});

export async function findShortcode(
  t: TenantHandle,
  id: ShortcodeId,
): Promise<Shortcode | undefined> {
  const row = await selectShortcodes(t).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toShortcode(row);
}

/**
 * The shortcode a document is of. A till has two numbers, and statements, callbacks and lists print
 * now its own, now that of its store: its own counts first, and a store that several tills share
 * names none of them.
 */
export async function findShortcodeByPrintedNumber(
  t: TenantHandle,
  number: string,
): Promise<Shortcode | undefined> {
  const own = await findShortcodeByNumber(t, number);
  if (own !== undefined) return own;
  const rows = await selectShortcodes(t)
    .where('kind', '=', 'till')
    .where('store_number', '=', number)
    .limit(2)
    .execute();
  const [only, another] = rows;
  return only === undefined || another !== undefined ? undefined : toShortcode(only);
}

export async function findShortcodeByNumber(
  t: TenantHandle,
  number: string,
): Promise<Shortcode | undefined> {
  const row = await selectShortcodes(t).where('number', '=', number).executeTakeFirst();
  return row === undefined ? undefined : toShortcode(row);
}

/** All shortcodes of the tenant by name; there are few. */
export async function listShortcodes(t: TenantHandle): Promise<Shortcode[]> {
  const rows = await selectShortcodes(t).orderBy('name').orderBy('id').limit(500).execute();
  return rows.map(toShortcode);
}

/**
 * Stores new credentials and uses them from now on; calls under way end with the old ones, which
 * are kept until the next rotation. A stopped initiator may work again. Answers the new version.
 */
export async function rotateCredentials(
  t: TenantHandle,
  id: ShortcodeId,
  change: { secrets: CredentialSecrets; actor: string },
): Promise<number> {
  const updated = await t.query
    .updateTable('shortcodes')
    .set({ ...touched(), credentials_version: sql<number>`credentials_version + 1` })
    .set({ credentials_at: sql<Instant>`now()` })
    .set({ initiator_stopped_at: null, initiator_stop_code: null })
    .where('id', '=', id)
    .returning('credentials_version')
    .executeTakeFirstOrThrow();
  const version = updated.credentials_version;
  await t.query
    .insertInto('shortcode_credentials')
    .values({
      tenant_id: t.tenantId,
      shortcode_id: id,
      version,
      sealed: t.seal.seal(JSON.stringify(change.secrets), credentialContext(id, version)),
      created_by: change.actor,
    })
    .execute();
  await t.query
    .deleteFrom('shortcode_credentials')
    .where('shortcode_id', '=', id)
    .where('version', '<', version - 1)
    .execute();
  return version;
}

/** Opens the credentials in use; undefined when the shortcode is unknown or has none yet. */
export async function openCredentials(
  t: TenantHandle,
  id: ShortcodeId,
): Promise<ShortcodeCredentials | undefined> {
  const row = await t.query
    .selectFrom('shortcodes as s')
    .innerJoin('shortcode_credentials as c', (join) =>
      join.onRef('c.shortcode_id', '=', 's.id').onRef('c.version', '=', 's.credentials_version'),
    )
    .select(['s.number', 's.kind', 's.store_number', 's.initiator_stop_code'])
    .select(['c.version', 'c.sealed'])
    .where('s.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const secrets: CredentialSecrets = JSON.parse(
    t.seal.open(row.sealed, credentialContext(id, row.version)),
  );
  return {
    ...secrets,
    tenantId: t.tenantId,
    shortcodeId: id,
    number: row.number,
    kind: row.kind,
    storeNumber: row.store_number,
    credentialsVersion: row.version,
    initiatorStopCode: row.initiator_stop_code,
  };
}

/**
 * Stops calls by the initiator after the first result that says it is wrong, so that it is not
 * tried until it is locked. False when it was stopped before, or the credentials that gave this
 * result have been replaced since.
 */
export async function stopInitiator(
  t: TenantHandle,
  id: ShortcodeId,
  stop: { code: string; credentialsVersion?: number },
): Promise<boolean> {
  let update = t.query
    .updateTable('shortcodes')
    .set({ ...touched(), initiator_stopped_at: sql<Instant>`now()` })
    .set({ initiator_stop_code: stop.code })
    .where('id', '=', id)
    .where('initiator_stopped_at', 'is', null);
  if (stop.credentialsVersion !== undefined) {
    update = update.where('credentials_version', '=', stop.credentialsVersion);
  }
  const stopped = await update.returning('id').executeTakeFirst();
  return stopped !== undefined;
}

/** Notes that Daraja knows where to send the payments of this shortcode. */
export async function markUrlsRegistered(t: TenantHandle, id: ShortcodeId): Promise<void> {
  await t.query
    .updateTable('shortcodes')
    .set({ ...touched(), urls_registered_at: sql<Instant>`now()` })
    .where('id', '=', id)
    .execute();
}

/** Notes that M-PESA lists the payments of this shortcode on request. */
export async function markPullRegistered(t: TenantHandle, id: ShortcodeId): Promise<void> {
  await t.query
    .updateTable('shortcodes')
    .set({ ...touched(), pull_registered_at: sql<Instant>`now()` })
    .where('id', '=', id)
    .execute();
}

/** Notes how far the payments have been looked at; it never goes back. */
export async function notePulled(t: TenantHandle, id: ShortcodeId, until: Instant): Promise<void> {
  await t.query
    .updateTable('shortcodes')
    .set({ pulled_until: sql<Instant>`greatest(pulled_until, ${until}::timestamptz)` })
    .where('id', '=', id)
    .execute();
}

function credentialContext(id: ShortcodeId, version: number): string {
  return `shortcode_credentials|sealed|${id}|${version}`;
}

function selectShortcodes(t: TenantHandle) {
  return t.query
    .selectFrom('shortcodes')
    .select(['id', 'number', 'kind', 'store_number', 'name', 'status', 'environment'])
    .select(['validation', 'credentials_version', 'credentials_at', 'initiator_stopped_at'])
    .select(['initiator_stop_code', 'urls_registered_at', 'created_at', 'updated_at', 'version'])
    .select(['pull_registered_at', 'pulled_until']);
}

type ShortcodeRow = Awaited<
  ReturnType<ReturnType<typeof selectShortcodes>['executeTakeFirstOrThrow']>
>;

function toShortcode(row: ShortcodeRow): Shortcode {
  const { initiator_stopped_at: at, initiator_stop_code: code } = row;
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    storeNumber: row.store_number,
    name: row.name,
    status: row.status,
    environment: row.environment,
    validation: row.validation,
    credentialsVersion: row.credentials_version,
    credentialsAt: row.credentials_at,
    initiatorStop: at === null || code === null ? null : { at, code },
    urlsRegisteredAt: row.urls_registered_at,
    pullRegisteredAt: row.pull_registered_at,
    pulledUntil: row.pulled_until,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}
