/**
 * Starts real processes of the product for tests, and kills them. A process is ready when its admin
 * listener says so; what it printed is kept for the message of a failing test.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from './until.ts';

export interface Running {
  name: string;
  pid: number;
  adminUrl: string;
  /** Everything it printed so far, newest last, at most the last 50,000 lines. */
  output(): string;
  /** Resolves with the signal or exit code once it is gone. */
  exited: Promise<string>;
  isAlive(): boolean;
  /** Sends SIGKILL and waits until the process is gone. */
  kill(): Promise<void>;
  /** Sends SIGTERM and waits until it has drained. */
  stop(): Promise<string>;
}

export interface Program {
  name: string;
  /** Arguments for Node: the entry file and its options. */
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

const node = join(process.cwd(), 'node_modules', '.bin', 'node');
const linesMax = 50_000;
const shownLines = 400;

/** Starts a program and waits until `/readyz` answers 200; throws with its output otherwise. */
export async function startProgram(program: Program): Promise<Running> {
  const running = await launch(program);
  try {
    await until(() => isReady(running), { withinMs: 120_000, everyMs: 100 });
  } catch (error) {
    await running.kill();
    const shown = running.output().split('\n').slice(-shownLines).join('\n');
    throw new Error(`${program.name} did not become ready:\n${shown}`, { cause: error });
  }
  return running;
}

/** Starts a program without waiting: for one that is expected to die at a failpoint. */
export async function launch(program: Program): Promise<Running> {
  const adminPort = await freePort();
  const child = spawn(node, [...program.args], {
    cwd: process.cwd(),
    env: { ...inherited(), ...program.env, ADMIN_PORT: String(adminPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child, { name: program.name, adminPort });
}

function inherited(): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR, NODE_COMPILE_CACHE } = process.env;
  return {
    ...{ PATH, HOME },
    ...(TMPDIR ? { TMPDIR } : {}),
    ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}),
  };
}

function watch(
  child: ChildProcess,
  { name, adminPort }: { name: string; adminPort: number },
): Running {
  const lines: string[] = [];
  const keep = (chunk: Buffer) => {
    lines.push(
      ...chunk
        .toString()
        .split('\n')
        .filter((line) => line !== ''),
    );
    if (lines.length > linesMax) lines.splice(0, lines.length - linesMax);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exited = once(child, 'exit').then(([code, signal]) => String(signal ?? code));
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  return {
    name,
    pid: child.pid ?? -1,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    output: () => lines.join('\n'),
    exited,
    isAlive,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

async function isReady(running: Running): Promise<boolean> {
  if (!running.isAlive()) throw new Error(`${running.name} exited: ${await running.exited}`);
  const response = await fetch(`${running.adminUrl}/readyz`, {
    signal: AbortSignal.timeout(2_000),
  });
  return response.ok;
}

/** A port of the loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
