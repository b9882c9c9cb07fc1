import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { projectRoot, toolsDirectory, versions } from '../paths.mjs';
import { compareVersions, findOnPath, isExecutable, run, runOrFail } from '../processes.mjs';

const source = path.join(projectRoot, 'temporal/cli');
const cached = path.join(toolsDirectory, 'temporal');

let pending;

/**
 * The Temporal command line, which holds the development server: on PATH, in the project's cache,
 * downloaded, or built with Go. Answers its path and
 * where it is from; a second call waits for the first.
 */
export function temporalProgram(onProgress = () => {}) {
  pending ??= locate(onProgress);
  return pending;
}

async function locate(onProgress) {
  const found = findTemporal();
  if (found) return found;
  mkdirSync(toolsDirectory, { recursive: true });
  const ways = [
    ['downloaded', download],
    ['built with Go', build],
  ];
  const reasons = [];
  for (const [from, way] of ways) {
    const reason = await way(onProgress);
    if (!reason) return { program: cached, from };
    reasons.push(reason);
  }
  throw new Error(
    `The Temporal command line was not found. ${reasons.join(' ')} Install it ` +
      `("brew install temporal", or see https://docs.temporal.io/cli) or Go ${versions.goMinimum} ` +
      'or newer, or set TEMPORAL_ADDRESS to a server that runs.',
  );
}

/** The Temporal command line that is here already, or undefined. */
export function findTemporal() {
  if (isExecutable(cached)) return { program: cached, from: 'cached' };
  const onPath = findOnPath('temporal');
  return onPath ? { program: onPath, from: onPath } : undefined;
}

async function download(onProgress) {
  const platform = { x64: 'amd64', arm64: 'arm64' }[os.arch()];
  const name = `temporal_cli_${versions.temporalCli}_${process.platform}_${platform}.tar.gz`;
  const url = `https://github.com/temporalio/cli/releases/download/v${versions.temporalCli}/${name}`;
  onProgress('downloading the official program');
  const archive = path.join(toolsDirectory, name);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(300_000) });
    if (!response.ok) return `The download answered ${response.status}.`;
    writeFileSync(archive, Buffer.from(await response.arrayBuffer()));
    const folder = path.join(toolsDirectory, 'temporal-download');
    mkdirSync(folder, { recursive: true });
    await runOrFail('Unpacking', 'tar', ['-xzf', archive, '-C', folder, 'temporal']);
    chmodSync(path.join(folder, 'temporal'), 0o755);
    renameSync(path.join(folder, 'temporal'), cached);
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  } catch (error) {
    return `The download failed (${error.cause?.code ?? error.message}).`;
  } finally {
    rmSync(archive, { force: true });
  }
}

async function build(onProgress) {
  const go = findOnPath('go') ?? ['/usr/local/go/bin/go'].find(isExecutable);
  if (!go) return 'Go, which could build it, was not found either.';
  const { stdout } = await run(go, ['env', 'GOVERSION'], { cwd: source });
  const version = stdout.replace('go', '').trim();
  if (compareVersions(version, versions.goMinimum) < 0)
    return `Go ${version} is too old to build it.`;
  const startedAt = Date.now();
  const tell = () => {
    const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
    onProgress(`building it with Go, once; minute ${minutes} of about 6`);
  };
  tell();
  const timer = setInterval(tell, 30_000);
  // Built under another name, so that an interrupted build never looks finished. Go keeps what it has
  // compiled: the next try goes on from there.
  const draft = `${cached}.draft`;
  const stamp = `-X github.com/temporalio/cli/internal/temporalcli.Version=${versions.temporalCli}`;
  try {
    await runOrFail(
      'Building the Temporal command line',
      go,
      [
        ...['build', '-mod=readonly', '-ldflags', `-s -w ${stamp}`, '-o', draft],
        'github.com/temporalio/cli/cmd/temporal',
      ],
      { cwd: source, env: { ...process.env, CGO_ENABLED: '0' } },
    );
    renameSync(draft, cached);
    return undefined;
  } catch (error) {
    return error.message;
  } finally {
    clearInterval(timer);
  }
}
