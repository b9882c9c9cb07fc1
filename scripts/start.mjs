/**
 * `npm start`: brings up everything Daftari needs on this machine, the product itself and a demo
 * tenant with sample statements, and keeps it running until Ctrl-C. Nothing has to be installed
 * before but Node and, for Kafka, a JDK with Maven; `npm run doctor` tells what is missing.
 */
import path from 'node:path';
import process from 'node:process';
import {
  reserveApplicationPorts,
  startApplications,
  startDarajaTwin,
  startMailCatcher,
} from './applications.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { composeUp } from './docker.mjs';
import { printLogLine } from './log-lines.mjs';
import { migrate } from './migrate.mjs';
import { readStartOptions } from './options.mjs';
import { profileDirectory } from './paths.mjs';
import { requirePreflight } from './preflight.mjs';
import { runningState, stopLeftovers } from './profile-state.mjs';
import { ingestSamples, moveDemoMoney, seedDemo } from './samples.mjs';
import { fetchTools, startStack } from './stack.mjs';
import { stopRequest } from './stop-request.mjs';
import { printSummary } from './summary.mjs';
import { createSupervisor, describeDeath } from './supervisor.mjs';
import { done, fail, say, speakOnStderr, stopwatch, warn } from './terminal.mjs';
import { ensureWebBuild } from './web-build.mjs';

const seconds = stopwatch();

async function main() {
  const options = readStartOptions(process.argv.slice(2));
  if (options.once) speakOnStderr();
  requirePreflight();
  if (options.docker) return composeUp();
  const running = runningState(options.profile);
  if (running) return tellWhatRuns(running, options);
  const left = await stopLeftovers(options.profile);
  if (left.length > 0) warn(`Stopped what an earlier start left behind: ${left.join(', ')}.`);
  const atLeast = options.once ? 40 : 30;
  const supervisor = createSupervisor({
    profile: options.profile,
    onLine: (name, line) => isApplication(name) && printLogLine(name, line, atLeast),
  });
  return supervise(supervisor, options);
}

/** Runs until it is done (`--once`), somebody asks to stop, or a process dies; then stops all. */
async function supervise(supervisor, options) {
  const asked = stopRequest(supervisor.kill).then((signal) => ({ signal }));
  const died = supervisor.died.then((death) => ({ death }));
  const up = bringUp(supervisor, options).then(
    (result) => ({ result }),
    (error) => ({ error }),
  );
  let end = await Promise.race([asked, died, up]);
  if (end.result && !options.once) end = await Promise.race([asked, died]);
  if (end.signal) say(`\nStopping (${end.signal}). Data is kept; "npm run reset" removes it.`);
  await supervisor.stop();
  if (end.death) fail(describeDeath(end.death));
  if (end.error) fail(end.error.message);
  if (end.result && options.once) process.stdout.write(`${JSON.stringify(end.result)}\n`);
  if (end.signal) return options.once ? 130 : 0;
  return end.result?.ok ? 0 : 1;
}

/** Everything from packages to the proven samples; answers the result that `--once` prints. */
async function bringUp(supervisor, options) {
  const ports = await reserveApplicationPorts();
  // Not awaited: each service waits for its own tool, so that a slow one holds up no other.
  void fetchTools();
  await ensureDependencies();
  const [env] = await Promise.all([
    startStack({ supervisor, ...stackOptions(ports) }),
    ensureWebBuild(),
  ]);
  const [mail, twin] = await Promise.all([
    startMailCatcher({ supervisor, ports }),
    startDarajaTwin({ supervisor, ports, dataFile: twinBook(options.profile) }),
  ]);
  const urls = { ...addresses(ports, env), mail: mail.pageUrl, darajaTwin: twin.pageUrl };
  const product = {
    ...env,
    ...mail.env,
    ...twin.env,
    PUBLIC_URL: urls.dashboard,
    DEMO_LOGIN: 'true',
  };
  await timed('applications', 'gateway and workers', () =>
    startApplications({ supervisor, env: product, ports }),
  );
  supervisor.note({ urls });
  const api = { ...product, DAFTARI_API_URL: `http://127.0.0.1:${ports.gateway}` };
  await timed('demo', 'tenant and login', () => seedDemo(api));
  const [statements, payments] = await Promise.all([
    options.ingest ? ingestSamples(api) : undefined,
    options.ingest && twin.pageUrl ? moveDemoMoney(api) : undefined,
  ]);
  const result = statements && { ...statements, payments };
  supervisor.note({ result });
  const ready = `Ready after ${seconds().toFixed(1)} s.`;
  printSummary({ urls, result, ending: options.once ? ready : `${ready} Press Ctrl-C to stop.` });
  const ok = result?.isProven ?? true;
  return {
    ok,
    profile: options.profile,
    seconds: Math.round(seconds() * 10) / 10,
    urls,
    ...result,
  };
}

function twinBook(profile) {
  return path.join(profileDirectory(profile), 'daraja-twin.json');
}

function stackOptions(ports) {
  return {
    codecUrl: `http://127.0.0.1:${ports.gatewayAdmin}/operators/codec`,
    afterPostgres: (env) => timed('migrations', 'newest schema', () => migrate(env)),
  };
}

function addresses(ports, env) {
  const dashboard = `http://localhost:${ports.gateway}`;
  const temporalUi = `${env.TEMPORAL_UI_URL ?? ''}/namespaces/${env.TEMPORAL_NAMESPACE}/workflows`;
  return { dashboard, apiDocs: `${dashboard}/docs`, temporalUi };
}

function tellWhatRuns({ pid, startedAt, services = {}, urls, result }, { profile, once }) {
  say(`The profile "${profile}" runs already, since ${startedAt} (process ${pid}).`);
  for (const [name, { how }] of Object.entries(services)) done(name, how);
  const ending = `Stop it with Ctrl-C where it runs, or: kill ${pid}`;
  if (urls) printSummary({ urls, result, ending });
  else say(`It is still starting. ${ending}`);
  if (once)
    process.stdout.write(`${JSON.stringify({ ok: false, problem: 'runs-already', pid })}\n`);
  return once ? 1 : 0;
}

async function timed(what, detail, work) {
  const took = stopwatch();
  const value = await work();
  done(what, detail, took());
  return value;
}

function isApplication(name) {
  return name === 'gateway' || name === 'workers';
}

main().then(
  (code) => process.exit(code),
  (error) => {
    fail(error.message);
    process.exit(1);
  },
);
