/** Short words people put on rows, spelled in one way so that the same word is the same tag. */

/** As many tags as one row may have. */
export const tagsMax = 20;
export const tagLengthMax = 40;
/** As many characters as a note may have. */
export const noteLengthMax = 1_000;

/** Letters and digits of any script, joined by single hyphens. */
const shape = /^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u;
/** A number of somebody belongs into the note, which is sealed. */
const likeNumber = /\d{7}/;

/**
 * The one spelling of a tag: small letters, hyphens for spaces. Undefined when the text is none: it
 * is empty, longer than 40 characters, has other signs, or looks like the number of a person.
 */
export function parseTag(text: string): string | undefined {
  const tag = text
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/gu, '-');
  if (tag.length > tagLengthMax || likeNumber.test(tag.replaceAll('-', ''))) return undefined;
  return shape.test(tag) ? tag : undefined;
}

export interface TagChange {
  add: readonly string[];
  remove: readonly string[];
}

/** Tags after a change, in the order of the alphabet; undefined when they would be too many. */
export function changedTags(
  tags: readonly string[],
  { add, remove }: TagChange,
): string[] | undefined {
  const kept = tags.filter((tag) => !remove.includes(tag));
  const changed = [...new Set([...kept, ...add])].sort();
  return changed.length > tagsMax ? undefined : changed;
}

/** A tag after something was taken out of its words; `taken-out` when no tag is left of it. */
export function tagWithout(tag: string, without: (text: string) => string): string {
  const rest = without(tag);
  return rest === tag ? tag : (parseTag(rest.slice(0, tagLengthMax)) ?? 'taken-out');
}
