import type { Problem } from '../request.ts';

export interface Wish {
  path: string;
  json: object;
}

/** Keys by what was asked, for as long as the answer to it is not known. */
export class AttemptKeys {
  #open: { text: string; key: string } | null = null;
  readonly #newKey: () => string;

  constructor(newKey: () => string = () => crypto.randomUUID()) {
    this.#newKey = newKey;
  }

  keyFor(wish: Wish): string {
    const text = JSON.stringify([wish.path, wish.json]);
    if (this.#open?.text !== text) this.#open = { text, key: this.#newKey() };
    return this.#open.key;
  }

  /** `problem` null for a yes. A lost answer, a fault, or a first try under way leaves the key. */
  settle(problem: Problem | null): void {
    const isUnknown =
      problem !== null &&
      (problem.status === 0 || problem.status >= 500 || problem.code === 'idempotency-in-progress');
    if (!isUnknown) this.#open = null;
  }
}
