/** A function whose latest answers are kept, for keyed hashes of words that come again and again. */

/** Answers from memory what was asked among the last `most` different questions, oldest forgotten. */
export function remember<Answer>(most: number, answer: (text: string) => Answer) {
  const known = new Map<string, Answer>();
  return (text: string): Answer => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const fresh = answer(text);
    if (known.size >= most) {
      const oldest = known.keys().next();
      if (oldest.done !== true) known.delete(oldest.value);
    }
    known.set(text, fresh);
    return fresh;
  };
}
