/** Draws, for every request, which effects it gets: by rule, probability and seed. */
import { createRandom } from '../../statements/random.ts';
import type { Random } from '../../statements/random.ts';
import type { Api } from '../terms.ts';
import type { Effect, FaultRule } from './effects.ts';
import { magicEffects } from './magic.ts';

/** What is known of a request when it arrives. */
export interface Occasion {
  api: Api;
  msisdn?: string | undefined;
  amountCents?: number | undefined;
  shortcode?: string | undefined;
}

export interface RuleBook {
  list(): (FaultRule & { matched: number; applied: number })[];
  /** Puts other rules in place; their counts and dice start afresh. */
  replace(rules: readonly FaultRule[]): void;
  /** The effects of one request, in the order of the rules; the magic numbers come last. */
  draw(occasion: Occasion): Effect[];
}

interface Watched {
  rule: FaultRule;
  random: Random;
  matched: number;
  applied: number;
}

export function createRuleBook(
  seed: number,
  initial: readonly FaultRule[],
  hasMagic: () => boolean,
): RuleBook {
  let watched: Watched[] = [];
  const replace = (rules: readonly FaultRule[]): void => {
    watched = rules.map((rule, index) => ({
      rule,
      random: createRandom(seed, `rule ${index}`),
      matched: 0,
      applied: 0,
    }));
  };
  replace(initial);
  return {
    replace,
    list: () => watched.map(({ rule, matched, applied }) => ({ ...rule, matched, applied })),
    draw(occasion) {
      const drawn = watched.filter((one) => applies(one, occasion)).map(({ rule }) => rule.effect);
      return hasMagic() ? [...drawn, ...magicEffects(occasion)] : drawn;
    },
  };
}

function applies(one: Watched, occasion: Occasion): boolean {
  const { match, probability = 1 } = one.rule;
  if (!matches(match, occasion)) return false;
  one.matched += 1;
  if (match.nth !== undefined && match.nth !== one.matched) return false;
  if (!one.random.chance(probability)) return false;
  one.applied += 1;
  return true;
}

function matches(match: FaultRule['match'], occasion: Occasion): boolean {
  const apis = match.api === undefined || typeof match.api === 'string' ? [match.api] : match.api;
  if (match.api !== undefined && !apis.includes(occasion.api)) return false;
  if (match.msisdn !== undefined && match.msisdn !== occasion.msisdn) return false;
  if (match.shortcode !== undefined && match.shortcode !== occasion.shortcode) return false;
  return match.amountCents === undefined || match.amountCents === occasion.amountCents;
}
