/** One call of a command: what was typed, the client it may ask, and where it says what came out. */
import { daftari } from '../index.ts';
import { WrongCommand } from './command.ts';
import type { Profiles, SignIn } from './profiles.ts';
import type { Screen } from './screen.ts';

/** Everything from outside that a call uses; a value of the environment may be empty. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  stdin: NodeJS.ReadStream;
  profiles: Profiles;
  screen: Screen;
}

export type Values = Readonly<Record<string, string | boolean | undefined>>;

export class Call {
  readonly words: readonly string[];
  readonly surroundings: Surroundings;
  readonly #values: Values;

  constructor(words: readonly string[], values: Values, surroundings: Surroundings) {
    this.words = words;
    this.#values = values;
    this.surroundings = surroundings;
  }

  get screen(): Screen {
    return this.surroundings.screen;
  }

  /** The value of an option, if it was given. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  isOn(name: string): boolean {
    return this.#values[name] === true;
  }

  /** The value of an option that has to be given. */
  need(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw new WrongCommand(`--${name} is missing`);
    return value;
  }

  /** The only word behind the name of the command. */
  word(what: string): string {
    const [word, ...others] = this.words;
    if (word === undefined) throw new WrongCommand(`${what} is missing`);
    if (others.length > 0) throw new WrongCommand(`one ${what} is enough`);
    return word;
  }

  /** Options of these names as the query of a list; those not given are left out. */
  query(...names: readonly string[]): Record<string, string> {
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = this.text(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  /** Who asks: `DAFTARI_KEY` before any profile. Throws when nobody is signed in. */
  signIn(): SignIn {
    const { env, profiles } = this.surroundings;
    const key = env['DAFTARI_KEY'];
    const named = this.text('profile') ?? nonEmpty(env['DAFTARI_PROFILE']);
    const profile = profiles.find(named);
    if (key !== undefined && key !== '') {
      const told = this.text('url') ?? nonEmpty(env['DAFTARI_URL']);
      return { url: withoutSlash(told ?? profile?.url ?? this.defaultUrl()), key };
    }
    if (profile === undefined) {
      const which = named === undefined ? '' : ` as "${named}"`;
      throw new WrongCommand(`nobody is signed in${which}: daftari login, or set DAFTARI_KEY`);
    }
    // A key that is kept goes where it was signed in: a forgotten variable sends it nowhere else.
    return { url: withoutSlash(this.text('url') ?? profile.url), key: profile.key };
  }

  /** Where to sign in when nothing was said. */
  defaultUrl(): string {
    const { env } = this.surroundings;
    const said = this.text('url') ?? nonEmpty(env['DAFTARI_URL']);
    return withoutSlash(said ?? nonEmpty(env['DAFTARI_DEFAULT_URL']) ?? 'http://127.0.0.1:9000');
  }

  client() {
    const { url, key } = this.signIn();
    return daftari({ baseUrl: url, key });
  }
}

export type Client = ReturnType<Call['client']>;

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
