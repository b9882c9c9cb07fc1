/** A function whose latest answers are kept, for keyed hashes of words that come again and again. */

/**
 * Answers from memory what was asked among the last `most` different questions, and forgets at the
 * latest after twice as many. Whole generations are dropped, because a Map that loses its first
 * entry at every turn searches longer and longer for the next one.
 */
export function remember<Answer>(most: number, answer: (text: string) => Answer) {
  let recent = new Map<string, Answer>();
  let older: ReadonlyMap<string, Answer> = new Map();
  return (text: string): Answer => {
    const known = recent.get(text);
    if (known !== undefined) return known;
    const told = older.get(text) ?? answer(text);
    if (recent.size >= most) [older, recent] = [recent, new Map()];
    recent.set(text, told);
    return told;
  };
}
