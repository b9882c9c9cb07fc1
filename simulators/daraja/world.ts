/** Everything one twin consists of, as the parts of it see each other. */
import { createRandom } from '../statements/random.ts';
import type { Random } from '../statements/random.ts';
import { publishedTariffs } from './book/tariffs.ts';
import type { Tariff } from './book/tariffs.ts';
import { openBook } from './book/book.ts';
import type { Book } from './book/book.ts';
import { createClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { createCourier } from './courier.ts';
import type { Courier } from './courier.ts';
import type { FaultRule } from './faults/effects.ts';
import { createRuleBook } from './faults/rules.ts';
import type { RuleBook } from './faults/rules.ts';
import type { Keys } from './keys.ts';
import { createLog } from './log.ts';
import type { Log } from './log.ts';
import { usualSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import type { PhoneAction, Prompt } from './terms.ts';

export interface OpenPrompt extends Prompt {
  /** Ends the prompt as the customer chose; a second answer changes nothing. */
  answer(action: PhoneAction): Promise<void>;
}

export interface Token {
  consumerKey: string;
  expiresAtMs: number;
}

export interface World {
  seed: number;
  settings: Settings;
  clock: Clock;
  book: Book;
  tariffs: Tariff[];
  rules: RuleBook;
  log: Log;
  courier: Courier;
  keys: Keys;
  tokens: Map<string, Token>;
  prompts: Map<string, OpenPrompt>;
  /** A number for a request or a payment, in the order in which they came. */
  nextSequence(): number;
  lastSequence(): number;
  restoreSequence(last: number): void;
  /** Dice that belong to one request and no other. */
  randomFor(sequence: number): Random;
}

export interface WorldOptions {
  seed: number;
  clock: 'real' | 'virtual';
  rules: readonly FaultRule[];
  settings: Partial<Settings>;
  keys: Keys;
  logSize?: number;
}

export function createWorld(options: WorldOptions): World {
  const { seed, keys } = options;
  const settings = { ...usualSettings, ...options.settings };
  const log = createLog(options.logSize);
  const clock = createClock(options.clock, (error) => process.stderr.write(`${String(error)}\n`));
  let sequence = 0;
  return {
    seed,
    settings,
    clock,
    book: openBook(),
    tariffs: [...publishedTariffs],
    rules: createRuleBook(seed, options.rules, () => settings.hasMagic),
    log,
    courier: createCourier(clock, log),
    keys,
    tokens: new Map(),
    prompts: new Map(),
    nextSequence: () => (sequence += 1),
    lastSequence: () => sequence,
    restoreSequence: (last) => {
      sequence = last;
    },
    randomFor: (number) => createRandom(seed, `request ${number}`),
  };
}

/** Does several things at once, or one after the other where the order has to be the same every time. */
export async function doAll(
  world: World,
  works: readonly (() => Promise<unknown>)[],
): Promise<void> {
  if (!world.clock.isVirtual) {
    await Promise.all(works.map((work) => work()));
    return;
  }
  for (const work of works) await work();
}
