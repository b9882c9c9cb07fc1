/**
 * The two roles of the running product. Roles belong to the whole PostgreSQL cluster and not to one
 * database, so they are made here, before migrations grant them anything.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Client } from 'pg';

/** SQLSTATEs of two clusters-wide changes meeting: the second one only has to look again. */
const collisions = new Set(['23505', '42710', 'XX000', '40001']);

/**
 * Makes sure that `daftari_app` (login, no power beyond its grants) and `daftari_ops` (no login,
 * taken on by `set local role` only) exist as described. Without a password, the one that is set
 * stays. Throws when the connection may not manage roles.
 */
export async function ensureRoles(client: Client, appPassword?: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(rolesSql);
      if (appPassword !== undefined) {
        const password = pg.escapeLiteral(appPassword);
        await client.query(`alter role daftari_app login password ${password}`);
      }
      return;
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
      if (attempt === 10 || !collisions.has(code)) throw error;
      await sleep(Math.random() * 50 * attempt);
    }
  }
}

// NOINHERIT: membership in daftari_ops gives nothing until a transaction takes the role on.
const rolesSql = `
do $$
begin
  if not exists (select from pg_roles where rolname = 'daftari_app') then
    create role daftari_app login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'daftari_ops') then
    create role daftari_ops nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  end if;
  if not pg_has_role('daftari_app', 'daftari_ops', 'member') then
    grant daftari_ops to daftari_app;
  end if;
end $$`;
