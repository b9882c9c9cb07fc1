/**
 * Starts the reading child with as little as it can live on: an empty environment, an empty working
 * directory, Node's permission model (it may read the program and nothing else; no writing, no
 * child processes, no native add-ons), no code from strings, its own process group, another user
 * when we are root, and, where the system allows it, no network and no survival of its parent.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

export interface CagedProcess {
  process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves when the process is gone, whatever ended it. Never rejects. */
  exited: Promise<ProcessEnd>;
  /** SIGKILL to the whole group; harmless when it is gone already. */
  kill(): void;
  /** Resident memory in bytes, or undefined where the system does not tell. */
  residentBytes(): number | undefined;
  /** The first 8 kB the child complained. */
  complaints(): string;
  /** Kills and removes the working directory. */
  close(): Promise<void>;
}

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  startFault?: Error;
}

const nobody = 65_534;
const complaintBytes = 8192;
const pageBytes = 4096;

/** Each step of a longer way is dropped when the system refuses it; the last one always works. */
const wrappers: readonly (readonly string[])[] = [
  ['unshare', '-r', '-n', '--', 'setpriv', '--pdeathsig', 'KILL', '--'],
  ['setpriv', '--pdeathsig', 'KILL', '--'],
  [],
];
let chosenWrapper: Promise<readonly string[]> | undefined;

/** Starts `childPath` (a TypeScript file of this project) in the cage. */
export async function openCage(childPath: string, heapMegabytes: number): Promise<CagedProcess> {
  chosenWrapper ??= chooseWrapper();
  const wrapper = await chosenWrapper;
  const directory = await mkdtemp(join(tmpdir(), 'daftari-read-'));
  await chmod(directory, 0o755);
  const [command = process.execPath, ...args] = [
    ...wrapper,
    process.execPath,
    ...nodeFlags(childPath, heapMegabytes),
    childPath,
  ];
  const child = spawn(command, args, {
    cwd: directory,
    env: {},
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...lowerUser(),
  });
  return supervise(child, directory);
}

function nodeFlags(childPath: string, heapMegabytes: number): string[] {
  const root = join(dirname(childPath), '..', '..');
  const readable = ['activities', 'domain', 'node_modules', 'package.json'];
  return [
    `--max-old-space-size=${heapMegabytes}`,
    '--permission',
    ...readable.map((name) => `--allow-fs-read=${join(root, name)}`),
    `--allow-fs-read=${childPath}`,
    '--disallow-code-generation-from-strings',
    '--no-addons',
    '--no-warnings',
  ];
}

function lowerUser(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
}

async function chooseWrapper(): Promise<readonly string[]> {
  for (const wrapper of wrappers) {
    if (wrapper.length === 0 || (await runs(wrapper))) return wrapper;
  }
  return [];
}

function runs(wrapper: readonly string[]): Promise<boolean> {
  const [command = '', ...args] = [...wrapper, process.execPath, '-e', '0'];
  return new Promise((resolve) => {
    const probe = spawn(command, args, { env: {}, stdio: 'ignore', ...lowerUser() });
    probe.once('error', () => resolve(false));
    probe.once('exit', (code) => resolve(code === 0));
  });
}

function supervise(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  directory: string,
): CagedProcess {
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaints.length < complaintBytes) complaints += text.slice(0, complaintBytes);
  });
  // A child that dies while we write to it is reported by its end, not by the broken pipe.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (startFault) => resolve({ code: null, signal: null, startFault }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const kill = (): void => killGroup(child.pid);
  return {
    process: child,
    exited,
    kill,
    residentBytes: () => residentBytes(child.pid),
    complaints: () => complaints.slice(0, complaintBytes),
    close: async () => {
      kill();
      child.stdout.destroy();
      child.stderr.destroy();
      child.stdin.destroy();
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

function residentBytes(pid: number | undefined): number | undefined {
  try {
    const pages = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1];
    return pages === undefined ? undefined : Number(pages) * pageBytes;
  } catch {
    return undefined;
  }
}
