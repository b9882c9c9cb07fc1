/** Signing in with an API key, and who that is. */
import { daftari, getMe, type Me } from '../index.ts';
import type { Call } from './call.ts';
import { exitCodes, WrongCommand, type Command } from './command.ts';
import { secretLine } from './lines-in.ts';
import { answered, Refused } from './refused.ts';
import { printable } from './screen.ts';

const keyShape = /^dft_(live|test)_[A-Za-z0-9]{8}_\w+$/;

export const login: Command = {
  name: 'login',
  says: 'keeps an API key: typed unseen, or the first line of stdin',
  options: [],
  async run(call) {
    const url = call.defaultUrl();
    const key = await secretLine(call.surroundings.stdin, 'API key: ');
    const environment = keyShape.exec(key)?.[1];
    if (environment === undefined) {
      throw new WrongCommand('that is no API key; they begin with dft_live_ or dft_test_');
    }
    const me = await whoIs(url, key);
    const name = call.text('profile') ?? environment;
    call.surroundings.profiles.keep(name, { url, key });
    const who = me === undefined ? 'a key that may not say whose it is' : sentenceOf(me);
    call.screen.show({ profile: name, url, me: me ?? null }, `${name}: ${who}`, name);
    return exitCodes.done;
  },
};

export const logout: Command = {
  name: 'logout',
  says: 'forgets the key of a profile; it stays valid until it is revoked',
  options: [],
  async run(call) {
    const forgotten = call.surroundings.profiles.forget(call.text('profile'));
    if (forgotten === undefined) throw new WrongCommand('nobody is signed in there');
    call.screen.show({ profile: forgotten }, `${forgotten}: signed out`, forgotten);
    return exitCodes.done;
  },
};

export const whoAmI: Command = {
  name: 'whoami',
  says: 'the business, the person and the environment of the key',
  options: [],
  async run(call) {
    const me = await answered(getMe({ client: call.client() }));
    call.screen.show(me, `${sentenceOf(me)}\n${placeOf(call)}`, me.tenant.id);
    return exitCodes.done;
  },
};

/** Undefined when the key is good and may not say whose it is; throws when it is not good. */
async function whoIs(baseUrl: string, key: string): Promise<Me | undefined> {
  try {
    return await answered(getMe({ client: daftari({ baseUrl, key }) }));
  } catch (error) {
    if (error instanceof Refused && error.problem.code === 'forbidden') return undefined;
    throw error;
  }
}

function sentenceOf({ tenant, user }: Me): string {
  const environment = tenant.environment.toUpperCase();
  return printable(`${tenant.name} (${environment}), for ${user.name}, ${user.role}`);
}

function placeOf(call: Call): string {
  return `at ${call.signIn().url}`;
}
