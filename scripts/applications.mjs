import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { projectNode, projectRoot } from './paths.mjs';
import { answers, reservePort } from './ports.mjs';

/** How Node is told to keep a worker small. */
const workerFlags = JSON.parse(
  readFileSync(new URL('../workers/node-flags.json', import.meta.url), 'utf8'),
);

/** Reserves the ports of the application processes, the usual ones when they are free. */
export async function reserveApplicationPorts() {
  return {
    gateway: await reservePort('gateway', 9000),
    gatewayAdmin: await reservePort('gateway admin', 9100),
    workersAdmin: await reservePort('workers admin', 9101),
    smtp: await reservePort('mail catcher', 1025),
    mailPage: await reservePort('mail page', 8025),
    darajaTwin: await reservePort('Daraja twin', 9700),
  };
}

/**
 * Starts the gateway and one process with all workers, and resolves when both say they are ready.
 * The workers stop last, so that what the gateway accepted while stopping is still taken up.
 */
export async function startApplications({ supervisor, env, ports }) {
  const gateway = { GATEWAY_PORT: String(ports.gateway), ADMIN_PORT: String(ports.gatewayAdmin) };
  const workers = { ADMIN_PORT: String(ports.workersAdmin) };
  await Promise.all([
    startOne(supervisor, {
      name: 'workers',
      program: [...workerFlags, 'workers/main.ts', '--service=all'],
      env: { ...env, ...workers },
      adminPort: ports.workersAdmin,
      stage: 1,
    }),
    startOne(supervisor, {
      name: 'gateway',
      program: ['api/main.ts'],
      env: { ...env, ...gateway },
      adminPort: ports.gatewayAdmin,
      stage: 2,
    }),
  ]);
}

/**
 * Starts the catcher that stands in for a mail server, unless the environment names a real one.
 * Answers the environment that leads the product to it and the address of its page.
 */
export async function startMailCatcher({ supervisor, ports }) {
  if (process.env.SMTP_URL) return { env: { SMTP_URL: process.env.SMTP_URL }, pageUrl: undefined };
  const pageUrl = `http://127.0.0.1:${ports.mailPage}`;
  await supervisor.start({
    name: 'mail',
    command: projectNode,
    args: ['simulators/mail/serve.ts', String(ports.smtp), String(ports.mailPage)],
    cwd: projectRoot,
    stage: 0,
    readyWithinMs: 30_000,
    stopWithinMs: 5_000,
    ready: () => answers('127.0.0.1', ports.mailPage),
  });
  return { env: { SMTP_URL: `smtp://127.0.0.1:${ports.smtp}` }, pageUrl };
}

/**
 * Starts the twin of M-PESA's API, unless the environment names a real one. Its customers enter
 * their PIN by themselves after a few seconds; until then a person can answer on its page. Its book
 * is kept in `dataFile`, so that it still agrees with ours after a stop. Answers the environment that
 * leads the product to it and the address of that page.
 */
export async function startDarajaTwin({ supervisor, ports, dataFile }) {
  if (process.env.DARAJA_BASE_URL) {
    return { env: { DARAJA_BASE_URL: process.env.DARAJA_BASE_URL }, pageUrl: undefined };
  }
  const pageUrl = `http://127.0.0.1:${ports.darajaTwin}`;
  await supervisor.start({
    name: 'daraja-twin',
    command: projectNode,
    args: [
      'simulators/daraja/main.ts',
      ...['--port', String(ports.darajaTwin), '--phone', 'pin', '--phone-after', '6000'],
      ...['--data', dataFile],
    ],
    cwd: projectRoot,
    stage: 0,
    readyWithinMs: 30_000,
    stopWithinMs: 5_000,
    ready: () => answers('127.0.0.1', ports.darajaTwin),
  });
  const hooksUrl = process.env.HOOKS_URL ?? `http://127.0.0.1:${ports.gateway}`;
  return { env: { DARAJA_BASE_URL: pageUrl, HOOKS_URL: hooksUrl }, pageUrl };
}

/** The file a program begins with; the flags before it are Node's own. */
function entryOf(program) {
  return program.find((argument) => !argument.startsWith('-')) ?? '';
}

async function startOne(supervisor, { name, program, env, adminPort, stage }) {
  const entry = entryOf(program);
  if (!existsSync(path.join(projectRoot, entry))) {
    throw new Error(`${name} needs ${entry}, which is missing from this checkout.`);
  }
  return supervisor.start({
    name,
    command: projectNode,
    args: program,
    cwd: projectRoot,
    env,
    stage,
    readyWithinMs: 120_000,
    stopWithinMs: 30_000,
    ready: () => isReady(adminPort),
  });
}

async function isReady(port) {
  try {
    const url = `http://127.0.0.1:${port}/readyz`;
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
