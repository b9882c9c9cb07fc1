import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { answers, onReservedPorts } from '../ports.mjs';
import { isRoot, runOrFail } from '../processes.mjs';
import { findPostgres } from './postgres-binaries.mjs';
import { postgresHome } from './postgres-home.mjs';

const database = 'daftari';
const superuser = 'postgres';

/**
 * PostgreSQL: the one at DATABASE_OWNER_URL when it answers, otherwise the pinned npm package (or one
 * on PATH) with its data in the profile. Answers the two connection strings: the owner's, which
 * migrations use, and that of the product's role, which migrations create.
 */
export async function startPostgres(context) {
  return (await reachable(context)) ?? (await own(context));
}

async function reachable({ configured, secrets }) {
  const owner = configured.DATABASE_OWNER_URL ?? configured.DATABASE_URL;
  if (!owner || !(await accepts(owner))) return undefined;
  const app = configured.DATABASE_URL ?? appUrl(new URL(owner), secrets.appPassword);
  return {
    how: `the one at ${new URL(owner).host}`,
    env: {
      DATABASE_OWNER_URL: owner,
      DATABASE_URL: app,
      DAFTARI_APP_PASSWORD: decodeURIComponent(new URL(app).password),
    },
  };
}

async function own({ profile, supervisor, secrets, ephemeral, reserve }) {
  const home = await postgresHome(profile);
  const { initdb, postgres, version, from } = await findPostgres(home);
  if (ephemeral) rmSync(home.data, { recursive: true, force: true });
  if (!existsSync(path.join(home.data, 'PG_VERSION'))) {
    await initialise({ initdb, version, home, password: secrets.postgresPassword });
  }
  const { port, ownerUrl, server } = await onReservedPorts(['postgres'], reserve, async (free) => {
    const owner = connection({ user: superuser, password: secrets.postgresPassword, port: free });
    const url = new URL(owner);
    url.pathname = '/postgres';
    await supervisor.start({
      name: 'postgres',
      command: postgres,
      args: ['-D', home.data, '-p', String(free), ...settings(ephemeral)],
      cwd: home.data,
      ...home.user,
      // A fast shutdown: open connections are ended, nothing committed is lost.
      stopSignal: 'SIGINT',
      ready: () => accepts(url.href),
    });
    return { port: free, ownerUrl: owner, server: url };
  });
  await createDatabase(server.href);
  const env = {
    DATABASE_OWNER_URL: ownerUrl,
    DATABASE_URL: connection({ user: 'daftari_app', password: secrets.appPassword, port }),
    DAFTARI_APP_PASSWORD: secrets.appPassword,
  };
  return { how: `${version} on 127.0.0.1:${port} ${from}`, port, env };
}

/** Made under another name, so that an interrupted start never leaves half a cluster behind. */
async function initialise({ initdb, version, home, password }) {
  const draft = `${home.data}.draft`;
  const passwordFile = path.join(home.folder, 'initial-password');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (isRoot) {
    for (const each of [draft, passwordFile]) chownSync(each, home.user.uid, home.user.gid);
  }
  const locale = Number.parseInt(version, 10) >= 17 ? builtinLocale : ['--locale=C'];
  const access = [`--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const storage = [`--pgdata=${draft}`, '--encoding=UTF8', '--data-checksums', ...locale];
  try {
    await runOrFail('Creating the database cluster', initdb, [...access, ...storage], {
      cwd: draft,
      ...home.user,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, home.data);
}

// The same sort order and letter case on every operating system.
const builtinLocale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/** Loopback only and without a socket file, whose path has a length limit that deep folders break. */
function settings(ephemeral) {
  const wanted = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: ephemeral ? '256MB' : '512MB',
    jit: 'off',
    log_timezone: 'UTC',
    timezone: 'UTC',
    max_wal_size: '2GB',
    // Tests keep every commit durable, but need neither replication nor torn-page protection.
    ...(ephemeral && { full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: 0 }),
  };
  return Object.entries(wanted).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function accepts(url) {
  const { hostname, port } = new URL(url);
  if (!(await answers(hostname, Number(port || 5432)))) return false;
  return query(url, 'select 1').then(
    () => true,
    () => false,
  );
}

async function createDatabase(url) {
  const found = await query(url, `select 1 from pg_database where datname = '${database}'`);
  if (found.rowCount === 0) await query(url, `create database ${database}`);
}

async function query(url, text) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.query(text);
  } finally {
    await client.end().catch(() => {});
  }
}

function connection({ user, password, port }) {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

function appUrl(owner, password) {
  const url = new URL(owner);
  url.username = 'daftari_app';
  url.password = password;
  return url.href;
}
