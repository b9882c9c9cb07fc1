/**
 * Sentences with places for figures, in both languages. Their English is what is stored and what
 * programs read; the same table finds the sentence and its figures again, so that a screen can say
 * it in Swahili, also for what was stored before there was any.
 *
 * A place `{name}` takes any text. A place `{said:name}` takes English of a phrase that stands
 * in a book as well, and is translated with the sentence around it.
 */
import type { Sentence } from './sentence.ts';

type Places<Text extends string> = Text extends `${string}{${infer Place}}${infer Rest}`
  ? (Place extends `said:${infer Name}` ? Name : Place) | Places<Rest>
  : never;
/** What fills the places of a sentence; nothing where there are none. */
type Filling<Text extends string> = [Places<Text>] extends [never]
  ? []
  : [figures: Readonly<Record<Places<Text>, string | number>>];

export type Phrases = Readonly<Record<string, Sentence>>;

/** Longer texts hold what people wrote themselves. */
const longestText = 2_000;

/** The English of the sentences of one book, by code and figures. */
export function teller<const Book extends Phrases>(book: Book) {
  const patterns = new Map(Object.entries(book).map(([code, { en }]) => [code, cut(en)]));
  return <Code extends keyof Book & string>(
    code: Code,
    ...[figures]: Filling<Book[Code]['en']>
  ): string => {
    const { literals, places } = patterns.get(code) ?? cut('');
    const filled: Readonly<Record<string, string | number>> = figures ?? {};
    let said = literals[0] ?? '';
    for (const [at, { name }] of places.entries()) said += `${filled[name]}${literals[at + 1]}`;
    return said;
  };
}

/** Sentences that were said already, in English → in Swahili. */
export type SaidBefore = ReadonlyMap<string, string>;
/** One or more sentences in English → the same in Swahili, or null where no book knows one. */
export type Interpreter = (english: string, saidBefore?: SaidBefore) => string | null;

/** Says in Swahili what `teller` said, and what is composed of it, sentence after sentence. */
export function interpreter(...books: readonly Phrases[]): Interpreter {
  const phrases = books.flatMap((book) => Object.values(book));
  const fixed = new Map(
    phrases.filter(({ en }) => !en.includes('{')).map(({ en, sw }) => [en, sw]),
  );
  const patterns = phrases
    .filter(({ en }) => en.includes('{'))
    .map(({ en, sw }) => ({ english: cut(en), swahili: cut(sw) }));

  const one = (text: string, saidBefore: SaidBefore): string | null => {
    const known = saidBefore.get(text) ?? fixed.get(text);
    if (known !== undefined) return known;
    for (const { english, swahili } of patterns) {
      const figures = read(text, english);
      const translated = figures && translate(figures, english, (part) => one(part, saidBefore));
      if (translated) return fill(swahili, translated);
    }
    return null;
  };
  const many = (text: string, saidBefore: SaidBefore): string | null => {
    // Apart first: the last figure of a sentence would swallow the sentences after it.
    for (let at = text.indexOf('. '); at !== -1; at = text.indexOf('. ', at + 1)) {
      const head = one(text.slice(0, at + 1), saidBefore);
      const tail = head === null ? null : many(text.slice(at + 2), saidBefore);
      if (tail !== null) return `${head} ${tail}`;
    }
    return one(text, saidBefore);
  };
  return (english, saidBefore = new Map()) =>
    english.length > longestText ? null : many(english, saidBefore);
}

interface Pattern {
  /** What stands before, between and after the places: one more than there are places. */
  literals: readonly string[];
  places: readonly { name: string; isSaid: boolean }[];
}

function cut(text: string): Pattern {
  const parts = text.split(/\{([^}]+)\}/);
  const places = parts
    .filter((_, at) => at % 2 === 1)
    .map((place) => ({ name: place.replace(/^said:/, ''), isSaid: place.startsWith('said:') }));
  return { literals: parts.filter((_, at) => at % 2 === 0), places };
}

type Figures = ReadonlyMap<string, string>;

/** The figures of a text that follows the pattern. */
function read(text: string, { literals, places }: Pattern): Figures | undefined {
  const first = literals[0] ?? '';
  const last = literals.at(-1) ?? '';
  const end = text.length - last.length;
  if (!text.startsWith(first) || !text.endsWith(last) || end < first.length) return undefined;
  const figures = new Map<string, string>();
  let from = first.length;
  for (const [at, { name }] of places.entries()) {
    const isLast = at === places.length - 1;
    const next = literals[at + 1] ?? '';
    const to = isLast ? end : text.indexOf(next, from);
    if (to < from || to > end) return undefined;
    figures.set(name, text.slice(from, to));
    from = to + next.length;
  }
  return figures;
}

function translate(
  figures: Figures,
  { places }: Pattern,
  say: (english: string) => string | null,
): Figures | undefined {
  const translated = new Map(figures);
  for (const { name, isSaid } of places) {
    const said = isSaid ? say(figures.get(name) ?? '') : undefined;
    if (said === null) return undefined;
    if (said !== undefined) translated.set(name, said);
  }
  return translated;
}

function fill({ literals, places }: Pattern, figures: Figures): string {
  return literals.map((text, at) => text + (figures.get(places[at]?.name ?? '') ?? '')).join('');
}
