/**
 * `npm run doctor`: tells what Daftari needs on this machine, what is missing and the command that
 * gets it. Changes nothing. Exit code 1 when something needed is missing; `--json` for programs.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { dependenciesAreCurrent } from './dependencies.mjs';
import { readDoctorOptions } from './options.mjs';
import { toolsDirectory, versions } from './paths.mjs';
import { disagreeingPins } from './pins.mjs';
import { answers } from './ports.mjs';
import { preflight } from './preflight.mjs';
import { findOnPath, isRoot } from './processes.mjs';
import { runningState } from './profile-state.mjs';
import { findChromium } from './services/chromium.mjs';
import { findJava } from './services/maven.mjs';
import { findTemporal } from './services/temporal-program.mjs';
import { fail, say, style } from './terminal.mjs';

const onMac = process.platform === 'darwin';

async function main() {
  const { json } = readDoctorOptions(process.argv.slice(2));
  const checks = [...preflight(), packages(), await java(), maven(), kafka(), redis()];
  checks.push(temporal(), chromium(), pins(), await ports());
  const ok = checks.every((check) => check.ok || check.optional);
  if (json) process.stdout.write(`${JSON.stringify({ ok, checks })}\n`);
  else print(checks, ok);
  process.exitCode = ok ? 0 : 1;
}

function print(checks, ok) {
  for (const check of checks) {
    const mark = check.ok ? style('green', '✓') : style(check.optional ? 'yellow' : 'red', '✗');
    say(`${mark} ${check.name.padEnd(10)} ${check.detail}`);
    if (!check.ok) say(`  ${' '.repeat(10)} ${style('bold', check.fix)}`);
  }
  say();
  say(ok ? 'Everything needed is here: npm start' : 'Run the commands above, then: npm start');
}

function packages() {
  const ok = dependenciesAreCurrent();
  const detail = ok ? 'packages of the lock file' : 'packages are missing or outdated';
  return entry('packages', { ok, detail, fix: 'npm ci   (npm start does it)', optional: true });
}

async function java() {
  const install = onMac ? 'brew install openjdk@17' : apt('openjdk-17-jdk-headless');
  return findJava().then(
    (program) => entry('java', { ok: true, detail: program }),
    (error) => entry('java', { ok: false, detail: error.message.split(':')[0], fix: install }),
  );
}

function maven() {
  const needed = !existsSync(path.join(toolsDirectory, 'kafka', 'complete'));
  const found = findOnPath('mvn');
  const detail = found ?? (needed ? 'Maven was not found' : 'not here, and not needed any more');
  const fix = onMac ? 'brew install maven' : apt('maven');
  return entry('maven', { ok: Boolean(found) || !needed, detail, fix });
}

function kafka() {
  const ok = existsSync(path.join(toolsDirectory, 'kafka', 'complete'));
  const detail = ok ? `${versions.kafka}, cached` : `${versions.kafka} is not downloaded yet`;
  return entry('kafka', { ok, detail, fix: 'npm start downloads it', optional: true });
}

function redis() {
  const found = findOnPath('redis-server', 'valkey-server');
  const fix = onMac ? 'brew install redis' : apt('redis-server');
  const canInstall = isRoot && Boolean(findOnPath('apt-get'));
  const detail = found ?? 'Redis was not found';
  return entry('redis', { ok: Boolean(found), detail, fix, optional: canInstall });
}

function temporal() {
  const found = findTemporal();
  const go = findOnPath('go');
  const detail = found ? `${found.program} (${found.from})` : 'the command line was not found';
  const build = go ? `npm start downloads it, or builds it with ${go} in about 6 minutes` : '';
  const fix =
    build || 'npm start downloads it; without internet install Go, or: brew install temporal';
  return entry('temporal', { ok: Boolean(found), detail, fix, optional: true });
}

function chromium() {
  const found = findChromium();
  const detail = found ?? 'no browser for the browser tests';
  const fix = onMac ? 'brew install --cask chromium' : apt('chromium');
  return entry('chromium', { ok: Boolean(found), detail, fix, optional: true });
}

function pins() {
  const problems = disagreeingPins();
  const detail = problems.join('; ') || 'versions.json agrees with the tools';
  return entry('pins', { ok: problems.length === 0, detail, fix: 'edit scripts/versions.json' });
}

async function ports() {
  if (runningState('local')) return entry('ports', { ok: true, detail: 'Daftari runs already' });
  const usual = [9000, 9100, 9101, 7233, 8233, 19092, 54320, 63790];
  const taken = [];
  for (const port of usual) if (await answers('127.0.0.1', port, 300)) taken.push(port);
  const detail = taken.length > 0 ? `taken: ${taken.join(', ')}` : `free: ${usual.join(', ')}`;
  const fix = 'npm start takes the next free ones and says so';
  return entry('ports', { ok: taken.length === 0, detail, fix, optional: true });
}

function entry(name, { ok, detail, fix, optional = false }) {
  return { name, ok, detail, ...(ok ? {} : { fix, optional }) };
}

function apt(name) {
  return `sudo apt-get update && sudo apt-get install -y ${name}`;
}

main().catch((error) => {
  fail(error.message);
  process.exitCode = 1;
});
