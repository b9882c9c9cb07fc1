import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { profileDirectory } from '../paths.mjs';
import { answers, onReservedPorts } from '../ports.mjs';
import { readJson, writeJson } from '../profile-state.mjs';
import { run } from '../processes.mjs';
import { temporalProgram } from './temporal-program.mjs';

const namespace = 'daftari';
const retention = '720h';
const searchAttributes = {
  TenantId: 'Keyword',
  BusinessStatus: 'Keyword',
  ExternalRef: 'Keyword',
  NeedsAttention: 'Bool',
};

/**
 * Temporal with its UI: the one at TEMPORAL_ADDRESS when it answers, otherwise the development server,
 * in memory for tests and in a file of the profile otherwise.
 */
export async function startTemporal(context) {
  return (await reachable(context.configured)) ?? (await own(context));
}

async function reachable({ TEMPORAL_ADDRESS: address, TEMPORAL_UI_URL: ui }) {
  if (!address) return undefined;
  const [host, port] = address.split(':');
  if (!(await answers(host, Number(port ?? 7233)))) return undefined;
  const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  return { how: `the one at ${address}`, env: { ...env, ...(ui && { TEMPORAL_UI_URL: ui }) } };
}

async function own({ profile, supervisor, ephemeral, reserve, codecUrl, onProgress }) {
  const { program, from } = await temporalProgram(onProgress);
  const folder = path.join(profileDirectory(profile), 'temporal');
  if (ephemeral) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const start = async (port, uiPort, metrics) => {
    const url = `http://127.0.0.1:${uiPort}`;
    await supervisor.start({
      name: 'temporal',
      command: program,
      args: [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--namespace', namespace],
        ...['--port', String(port), '--ui-port', String(uiPort), '--metrics-port', String(metrics)],
        ...(ephemeral ? [] : storage(folder)),
        ...Object.entries(searchAttributes).flatMap(([k, v]) => [
          '--search-attribute',
          `${k}=${v}`,
        ]),
        ...['--dynamic-config-value', 'matching.useNewMatcher=true'],
        ...['--dynamic-config-value', 'matching.enableFairness=true'],
        ...(codecUrl ? ['--ui-codec-endpoint', codecUrl] : []),
        // Warnings at start-up are many and harmless.
        ...['--log-level', 'error'],
      ],
      cwd: folder,
      readyWithinMs: 60_000,
      ready: () => namespaceAnswers(url),
    });
    return { port, url, address: `127.0.0.1:${port}` };
  };
  const names = ['temporal', 'temporal UI', 'temporal metrics'];
  const { port, url, address } = await onReservedPorts(names, reserve, start);
  if (!ephemeral) await settleNamespace({ program, address, folder });
  const env = {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_UI_URL: url,
    TEMPORAL_CLI: program,
  };
  return { how: `on ${address}, UI ${url} (${from})`, port, env };
}

/** With a write-ahead log the file is about three times as fast as with the defaults. */
function storage(folder) {
  const file = path.join(folder, 'temporal.db');
  return [
    ...['--db-filename', file, '--sqlite-pragma', 'journal_mode=wal'],
    ...['--sqlite-pragma', 'synchronous=normal'],
  ];
}

/** The UI asks the server itself, so its answer tells that both run and the namespace exists. */
async function namespaceAnswers(url) {
  try {
    const question = `${url}/api/v1/namespaces/${namespace}`;
    return (await fetch(question, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/**
 * The server keeps finished runs for a day unless told otherwise, and adds search attributes only to
 * namespaces it makes. Done once per set of settings, which a stamp beside the database records.
 */
async function settleNamespace({ program, address, folder }) {
  const stampFile = path.join(folder, 'settled.json');
  const wanted = { retention, searchAttributes };
  if (JSON.stringify(readJson(stampFile)) === JSON.stringify(wanted)) return;
  const target = ['--address', address, '--namespace', namespace];
  const operator = (...args) => run(program, ['operator', ...args, ...target]);
  if (existsSync(stampFile)) {
    const pairs = Object.entries(searchAttributes);
    for (const [name, type] of pairs) {
      await operator('search-attribute', 'create', '--name', name, '--type', type);
    }
  }
  const { code, stderr } = await operator('namespace', 'update', '--retention', retention);
  if (code !== 0) throw new Error(`Setting Temporal's retention failed: ${stderr}`);
  writeJson(stampFile, wanted);
}
