/**
 * A small seeded generator (Mulberry32, public domain): the same seed gives the same statement on
 * every machine. It is for invented data only, never for secrets.
 */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number between both ends, ends included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  /** One of the items; throws when there are none, which is our bug. */
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
  /** `length` decimal digits. */
  digits(length: number): string;
}

/** Opens a generator; `stream` separates independent sequences of one seed. */
export function createRandom(seed: number, stream: string): Random {
  let state = hashOf(`${seed}/${stream}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => pickOne(items, int),
    shuffled: (items) => shuffle(items, int),
    digits: (length) => Array.from({ length }, () => String(int(0, 9))).join(''),
  };
}

function pickOne<T>(items: readonly T[], int: Random['int']): T {
  const item = items[int(0, items.length - 1)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

function shuffle<T>(items: readonly T[], int: Random['int']): T[] {
  const keyed = items.map((item) => ({ item, key: int(0, 1_000_000_000) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** FNV-1a over UTF-16 units: spreads seeds that differ in one digit. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
