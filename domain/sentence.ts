/** What is said to people in English and Swahili, with the same figures. */

/** The same sentence twice. */
export interface Sentence {
  en: string;
  sw: string;
}

/** Both tongues of one sentence. */
export const say = (en: string, sw: string): Sentence => ({ en, sw });

/** The same for a table, where the compiler is to know the places in the English sentence. */
export const phrase = <const En extends string>(en: En, sw: string) => ({ en, sw });

/** One sentence after another. */
export function together(sentences: readonly Sentence[]): Sentence {
  return say(sentences.map(({ en }) => en).join(' '), sentences.map(({ sw }) => sw).join(' '));
}
