/**
 * Remembers for four seconds what the database said of a session or a key, and forgets it the moment
 * anything is revoked. Without Redis and without the poll, the four seconds alone keep the promise
 * of five.
 */
const rememberedMs = 4_000;
const countMax = 10_000;

export interface RememberedAnswer<Answer> {
  /** Rejects when the database cannot be reached. */
  answer: Promise<Answer>;
  /** Milliseconds since 1970 after which it must be asked again. */
  untilMs: number;
}

export interface RememberedAnswers<Asked, Answer> {
  /** What is known, or is being asked. */
  find(asked: Asked): RememberedAnswer<Answer>;
  /** Asks anew while the old answer still holds; it takes its place once it is there. */
  renew(asked: Asked): RememberedAnswer<Answer>;
  forget(): void;
}

/** `keyOf` tells questions apart; `now` is milliseconds since 1970. */
export function rememberedAnswers<Asked, Answer>(options: {
  ask: (asked: Asked) => Promise<Answer>;
  keyOf: (asked: Asked) => string;
  now: () => number;
}): RememberedAnswers<Asked, Answer> {
  const { ask, keyOf, now } = options;
  const known = new Map<string, RememberedAnswer<Answer>>();
  let generation = 0;
  const entryOf = (asked: Asked) => ({ answer: ask(asked), untilMs: now() + rememberedMs });
  return {
    find: (asked) => {
      const key = keyOf(asked);
      const remembered = known.get(key);
      if (remembered !== undefined && now() < remembered.untilMs) return remembered;
      if (known.size >= countMax) known.clear();
      const entry = entryOf(asked);
      known.set(key, entry);
      // A question that failed is asked again, and what was asked before a revocation is not kept.
      entry.answer.catch(() => known.get(key) === entry && known.delete(key));
      return entry;
    },
    renew: (asked) => {
      const before = generation;
      const entry = entryOf(asked);
      const take = () => {
        if (before === generation) known.set(keyOf(asked), entry);
      };
      // One that failed is no answer: the old one holds until its own time is over.
      entry.answer.then(take, () => {});
      return entry;
    },
    forget: () => {
      generation += 1;
      known.clear();
    },
  };
}

/** So long before its end an answer is asked for anew, so that nobody who goes on asking waits. */
export const agingMs = 1_000;

/** The same answers, each of which is renewed once while it is used shortly before its end. */
export function renewedEarly<Asked, Answer>(
  answers: RememberedAnswers<Asked, Answer>,
  now: () => number,
): RememberedAnswers<Asked, Answer> {
  const renewed = new WeakSet<RememberedAnswer<Answer>>();
  return {
    ...answers,
    find: (asked) => {
      const found = answers.find(asked);
      if (found.untilMs - now() <= agingMs && !renewed.has(found)) {
        renewed.add(found);
        answers.renew(asked);
      }
      return found;
    },
  };
}
