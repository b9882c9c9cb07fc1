/** What a proof says, in English and Swahili, with the same figures. */
/** The same sentence twice. */
export interface Sentence {
  en: string;
  sw: string;
}

/** Both tongues of one sentence. */
export const say = (en: string, sw: string): Sentence => ({ en, sw });

/** One sentence after another. */
export function together(sentences: readonly Sentence[]): Sentence {
  return say(sentences.map(({ en }) => en).join(' '), sentences.map(({ sw }) => sw).join(' '));
}
