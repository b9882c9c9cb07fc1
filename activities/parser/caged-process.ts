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
  /** Kills, and waits until the process is gone. */
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

interface Manner {
  /** Programs that start the child with less; each step is left out where the system refuses it. */
  wrapper: readonly string[];
  user: { uid?: number; gid?: number };
}

const priv = ['setpriv', '--no-new-privs', '--pdeathsig', 'KILL'];
const wrappers: readonly (readonly string[])[] = [
  // Being root of a namespace of its own must give the child nothing: no capability is left to it.
  ['unshare', '-r', '-n', '--', ...priv, '--bounding-set=-all', '--inh-caps=-all', '--'],
  [...priv, '--'],
  [],
];
const manners = new Map<string, Promise<Manner>>();

/** Starts `childPath` (a TypeScript file of this project) in the cage. */
export async function openCage(childPath: string, heapMegabytes: number): Promise<CagedProcess> {
  const chosen = manners.get(childPath) ?? chooseManner(childPath);
  manners.set(childPath, chosen);
  const { wrapper, user } = await chosen;
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
    ...user,
  });
  // The child stands in it by now; without a name nothing can be put in, and nothing is left behind.
  await rm(directory, { recursive: true, force: true });
  return supervise(child);
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

/** Tries the safest way first; found out once per program, because it costs a few processes. */
async function chooseManner(childPath: string): Promise<Manner> {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot && (await works([], { uid: nobody, gid: nobody }, childPath));
  if (isRoot && !user) {
    process.emitWarning('The statement reader runs as root: another user cannot read its program.');
  }
  const lowered = user ? { uid: nobody, gid: nobody } : {};
  for (const wrapper of wrappers) {
    if (await works(wrapper, lowered, childPath)) return { wrapper, user: lowered };
  }
  return { wrapper: [], user: lowered };
}

/** True when the child's program can be reached this way, by starting Node and looking at it. */
function works(
  wrapper: readonly string[],
  user: Manner['user'],
  childPath: string,
): Promise<boolean> {
  const look = 'require("node:fs").accessSync(process.argv[1])';
  const [command = '', ...args] = [...wrapper, process.execPath, '-e', look, childPath];
  return new Promise((resolve) => {
    try {
      const probe = spawn(command, args, { env: {}, cwd: '/', stdio: 'ignore', ...user });
      probe.once('error', () => resolve(false));
      probe.once('exit', (code) => resolve(code === 0));
    } catch {
      resolve(false);
    }
  });
}

function supervise(child: ChildProcessByStdio<Writable, Readable, Readable>): CagedProcess {
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
