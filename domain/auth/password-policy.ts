/**
 * What makes a password good enough: long, not on the list of common ones, not a run of few
 * characters, and not made of the person's own e-mail address. No rules about kinds of characters.
 */
export type PasswordObjection = 'too-short' | 'too-long' | 'too-common' | 'too-simple' | 'personal';

export const passwordLengths = { min: 12, max: 128 } as const;
const distinctMin = 5;

/** The one form in which a password is compared and hashed. */
export function normalisePassword(password: string): string {
  return password.normalize('NFC');
}

/** Why a password is refused; undefined when it is good. `common` holds lower-case passwords. */
export function objectionTo(
  password: string,
  context: { common: ReadonlySet<string>; email?: string },
): PasswordObjection | undefined {
  const normal = normalisePassword(password);
  const length = [...normal].length;
  if (length < passwordLengths.min) return 'too-short';
  if (length > passwordLengths.max) return 'too-long';
  const lower = normal.toLowerCase();
  if (new Set(lower).size < distinctMin) return 'too-simple';
  const spellings = [lower, plain(lower), withoutEnding(lower), plain(withoutEnding(lower))];
  if (spellings.some((spelling) => context.common.has(spelling))) return 'too-common';
  const name = context.email?.split('@')[0]?.toLowerCase() ?? '';
  if (name.length >= 4 && lower.replaceAll(name, '').length < distinctMin) return 'personal';
  return undefined;
}

const swaps: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Undoes the usual swaps of letters for digits: `p4ssw0rd` is `password`. */
function plain(text: string): string {
  return [...text].map((character) => swaps[character] ?? character).join('');
}

/** Leaves away the digits and marks people put at the end to please a rule. */
function withoutEnding(text: string): string {
  return text.replace(/[\d!@#$%&*.?_-]{1,4}$/, '');
}
