/** Whether words speak of a person who asks what is held about them. */

export interface SubjectQuestion {
  /** Twelve digits. */
  msisdn?: string | undefined;
  name?: string | undefined;
}

/** Digits of a number that are written alike in every form: `0712…`, `254712…`, `712…`. */
const sharedDigits = 9;

/**
 * Whether a text names the number in clear in any of its forms, or every word of the name; whoever
 * gives both means either.
 */
export function speaksOf(text: string, { msisdn, name }: SubjectQuestion): boolean {
  if (msisdn !== undefined && text.replaceAll(/[\s-]/g, '').includes(msisdn.slice(-sharedDigits))) {
    return true;
  }
  const wanted = wordsOf(name ?? '');
  if (wanted.length === 0) return false;
  const found = new Set(wordsOf(text));
  return wanted.every((word) => found.has(word));
}

/** The words of a text as names are compared: upper-case, without marks between them. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toUpperCase()
      .match(/[\p{L}\p{M}\p{N}']+/gu) ?? []
  );
}
