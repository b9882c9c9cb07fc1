/**
 * Who is signed in on this machine: one API key under each name, usually `live` and `test`, in a file
 * that its owner alone may read.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { WrongCommand } from './command.ts';

export interface SignIn {
  url: string;
  key: string;
}

interface Stored {
  /** The name that holds when none is given. */
  current: string | undefined;
  profiles: Record<string, SignIn>;
}

export interface Profiles {
  /** Where they are kept. */
  file: string;
  /** The profile of this name, or the current one. */
  find(name: string | undefined): SignIn | undefined;
  /** Keeps a sign-in and makes it the current one. */
  keep(name: string, signIn: SignIn): void;
  /** Forgets a sign-in; answers its name, or undefined when there was none. */
  forget(name: string | undefined): string | undefined;
}

/** The profiles of whoever runs this; nothing is read before it is asked for. */
export function openProfiles(env: Readonly<Record<string, string | undefined>>): Profiles {
  const told = env['XDG_CONFIG_HOME'];
  const home = told === undefined || told === '' ? join(homedir(), '.config') : told;
  const file = join(home, 'daftari', 'config.json');
  const nameOf = (name: string | undefined) => name ?? read(file).current;
  return {
    file,
    find: (name) => {
      const chosen = nameOf(name);
      return chosen === undefined ? undefined : read(file).profiles[checked(chosen)];
    },
    keep: (name, signIn) => {
      const { profiles } = read(file);
      write(file, { current: checked(name), profiles: { ...profiles, [name]: signIn } });
    },
    forget: (name) => {
      const { profiles, current } = read(file);
      const chosen = name ?? current;
      if (chosen === undefined || profiles[checked(chosen)] === undefined) return undefined;
      const { [chosen]: _gone, ...left } = profiles;
      const next = chosen === current ? Object.keys(left)[0] : current;
      write(file, { current: next, profiles: left });
      return chosen;
    },
  };
}

function checked(name: string): string {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(name)) return name;
  throw new WrongCommand(`"${name}" is no profile name: small letters, digits and dashes`);
}

function read(file: string): Stored {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (Object(error).code === 'ENOENT') return { current: undefined, profiles: {} };
    throw error;
  }
  // Windows keeps others out by other means than these bits.
  if (platform() !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new WrongCommand(`others may read the keys in ${file}: chmod 600 ${file}`);
  }
  return storedIn(text, file);
}

function storedIn(text: string, file: string): Stored {
  try {
    const { current, profiles } = Object(JSON.parse(text));
    const entries = Object.entries(Object(profiles)).filter((entry): entry is [string, SignIn] => {
      const { url, key } = Object(entry[1]);
      return typeof url === 'string' && typeof key === 'string';
    });
    return {
      current: typeof current === 'string' ? current : undefined,
      profiles: Object.fromEntries(entries),
    };
  } catch {
    throw new WrongCommand(`${file} is not JSON: mend it or remove it`);
  }
}

/** Whole or not at all, and never readable by others, not even for a moment. */
function write(file: string, stored: Stored): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify(stored, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(aside, 0o600);
  renameSync(aside, file);
}
