import { run, runOrFail } from '../processes.mjs';

let queue = Promise.resolve();

/**
 * Installs Debian packages without asking questions. Only root may call it.
 * The package manager takes one job at a time, so calls wait for each other. A service that a package
 * brings along is not started: the scripts start their own.
 */
export function installPackages(names) {
  const job = queue.then(() => install(names));
  queue = job.catch(() => {});
  return job;
}

async function install(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const wait = ['-o', 'DPkg::Lock::Timeout=120', '-y', '-qq'];
  // An index that cannot be refreshed whole may still hold the packages.
  await run('apt-get', ['update', ...wait], { env, timeoutMs: 180_000 });
  await runOrFail(
    `Installing ${names.join(', ')}`,
    'apt-get',
    ['install', ...wait, '--no-install-recommends', ...names],
    { env, timeoutMs: 600_000 },
  );
}
