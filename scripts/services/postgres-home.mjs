import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { profileDirectory, projectRoot } from '../paths.mjs';
import { isRoot, run, runOrFail } from '../processes.mjs';

/**
 * Where PostgreSQL keeps a profile's data and as whom it runs: `{ folder, data, user, shared }`.
 * PostgreSQL refuses to run as root, so root's runs as the system user `postgres`, which is made when
 * missing. When that user cannot reach the checkout (root's home is usually closed to others), data
 * and programs live under /var/lib/daftari; `shared` is then the folder for programs.
 */
export async function postgresHome(profile) {
  const folder = path.join(profileDirectory(profile), 'postgres');
  if (!isRoot) return home(folder, {});
  const user = await systemUser();
  mkdirSync(folder, { recursive: true });
  if (await canReach(user, folder, projectRoot)) return home(folder, user);
  const outside = outsideFolder();
  const elsewhere = path.join(outside, profile);
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  return { ...home(elsewhere, user), shared: path.join(outside, 'programs') };
}

/** Where root's PostgreSQL lives when its user cannot reach the checkout: one folder per checkout. */
export function outsideFolder() {
  const checkout = createHash('sha256').update(projectRoot).digest('hex').slice(0, 12);
  return path.join('/var/lib/daftari', checkout);
}

function home(folder, user) {
  mkdirSync(folder, { recursive: true });
  return { folder, data: path.join(folder, 'data'), user };
}

async function systemUser() {
  const found = await userIds('postgres');
  if (found) return found;
  if (process.platform !== 'linux') {
    throw new Error('PostgreSQL does not run as root. Run this as an ordinary user.');
  }
  await runOrFail('Creating the system user "postgres", as whom PostgreSQL runs', 'useradd', [
    ...['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'],
    'postgres',
  ]);
  return userIds('postgres');
}

async function userIds(name) {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function canReach(user, ...folders) {
  const script = 'for folder do test -r "$folder" && test -x "$folder" || exit 1; done';
  const { code } = await run('sh', ['-c', script, 'reach', ...folders], { cwd: '/', ...user });
  return code === 0;
}
