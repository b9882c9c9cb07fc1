/** What is stored in English is said in Swahili with the same figures, however it was composed. */
import fc from 'fast-check';
import { batchRowPhrases } from '../../domain/disbursements/batch-row-phrases.ts';
import { limitNames, payoutPhrases } from '../../domain/disbursements/phrases.ts';
import { payoutInSwahili } from '../../domain/disbursements/in-swahili.ts';
import { judgePayout } from '../../domain/authorisation/fraud.ts';
import { categorise } from '../../domain/categories/categorise.ts';
import { categoryInSwahili } from '../../domain/categories/in-swahili.ts';
import { railWords, reasonPhrases } from '../../domain/categories/reason-phrases.ts';
import { guessInSwahili, guessPhrases } from '../../domain/collections/guess-phrases.ts';
import { collectionInSwahili, collectionPhrases } from '../../domain/collections/phrases.ts';
import { darajaInSwahili, darajaPhrases } from '../../domain/daraja/answer-phrases.ts';
import { refusingLimit } from '../../domain/limits/effective.ts';
import { cents } from '../../domain/money.ts';
import { interpreter, teller, type Phrases } from '../../domain/phrasebook.ts';
import { phrase } from '../../domain/sentence.ts';
import { readDetails } from '../../domain/statements/details.ts';
import { personalCatalogue } from '../../domain/statements/details-catalogue.ts';
import { organisationCatalogue } from '../../domain/statements/organisation-catalogue.ts';
import { filePhrases, tellFile } from '../../domain/statements/file-phrases.ts';
import {
  mappingInSwahili,
  problemInSwahili,
  readingInSwahili,
  rejectInSwahili,
} from '../../domain/statements/in-swahili.ts';
import { columnMeanings, mappingPhrases } from '../../domain/statements/mapping-phrases.ts';
import { meanings } from '../../domain/statements/meanings.ts';
import { packagePhrases } from '../../domain/statements/package-phrases.ts';
import { readingPhrases, tellReading } from '../../domain/statements/reading-phrases.ts';
import { directionWords, rowPhrases } from '../../domain/statements/row-phrases.ts';
import { runPhrases, tellRun } from '../../domain/statements/run-phrases.ts';
import { channels } from '../../domain/statements/terms.ts';
import { humanWait } from '../../temporal/policies.ts';

/** Every book with who says it in Swahili. */
const books: readonly (readonly [Phrases, (english: string) => string | null])[] = [
  [rowPhrases, rejectInSwahili],
  [directionWords, rejectInSwahili],
  [filePhrases, problemInSwahili],
  [packagePhrases, problemInSwahili],
  [runPhrases, problemInSwahili],
  [readingPhrases, readingInSwahili],
  [meanings, readingInSwahili],
  [mappingPhrases, mappingInSwahili],
  [columnMeanings, mappingInSwahili],
  [reasonPhrases, categoryInSwahili],
  [railWords, categoryInSwahili],
  [guessPhrases, guessInSwahili],
  [payoutPhrases, payoutInSwahili],
  [batchRowPhrases, payoutInSwahili],
  [limitNames, payoutInSwahili],
  [collectionPhrases, collectionInSwahili],
  [darajaPhrases, darajaInSwahili],
];
const phrases = books.flatMap(([book, inSwahili]) =>
  Object.entries(book).map(([code, { en, sw }]) => ({ code, en, sw, inSwahili })),
);
const placesOf = (text: string) => [...text.matchAll(/\{([^}]+)\}/g)].map(([place]) => place);
const digitsOf = (text: string) => text.replaceAll(/\{[^}]+\}/g, '').match(/\d[\d.,:-]*\d|\d/g);

test.each(phrases)('$code: “$en” has the same places and figures in Swahili', ({ en, sw }) => {
  expect(placesOf(sw).sort()).toEqual(placesOf(en).sort());
  expect(digitsOf(sw)?.toSorted()).toEqual(digitsOf(en)?.toSorted());
  expect(sw.endsWith('.')).toBe(en.endsWith('.'));
});

test('the Swahili is not the English left behind', () => {
  const left = phrases.filter(({ en, sw }) => en === sw).map(({ en }) => en);
  expect(left).toEqual(['{cell}: {said:problem}', 'till', '{code} {said:message}']);
});

test('no two phrases of one interpreter share their English', () => {
  for (const inSwahili of new Set(phrases.map((one) => one.inSwahili))) {
    const english = phrases.filter((one) => one.inSwahili === inSwahili).map(({ en }) => en);
    expect(english.filter((en, at) => english.indexOf(en) !== at)).toEqual([]);
  }
});

test('whatever figures fill a sentence, they are found again', () => {
  const filled = phrases.filter(({ en }) => !en.includes('{said:') && en.includes('{'));
  const figure = fc.stringMatching(/^[A-Za-z0-9,]{1,12}$/);
  const example = fc.tuple(fc.constantFrom(...filled), fc.array(figure, { minLength: 6 }));
  fc.assert(
    fc.property(example, ([{ en, sw, inSwahili }, figures]) => {
      const places = placesOf(en);
      const fill = (text: string) =>
        places.reduce((so, place, at) => so.replace(place, () => figures[at] ?? ''), text);
      expect(inSwahili(fill(en))).toBe(fill(sw));
    }),
  );
});

describe('composed texts', () => {
  const book = {
    outer: phrase('It was {said:what} at {place}.', 'Ilikuwa {said:what} huko {place}.'),
    rain: phrase('rain', 'mvua'),
    end: phrase('That is all.', 'Ni hayo tu.'),
  } as const;
  const tell = teller(book);
  const inSwahili = interpreter(book);

  test('a phrase inside of a sentence is said as well', () => {
    expect(inSwahili(tell('outer', { what: 'rain', place: 'Kisumu' }))).toBe(
      'Ilikuwa mvua huko Kisumu.',
    );
    expect(inSwahili('It was snow at Kisumu.')).toBeNull();
  });

  test('sentences one after another are said one after another, with dots in their figures', () => {
    const dotted = tell('outer', { what: 'rain', place: 'St. Mary' });
    expect(inSwahili(`${dotted} ${tell('end')}`)).toBe('Ilikuwa mvua huko St. Mary. Ni hayo tu.');
  });

  test('what was said before is known, also among other sentences', () => {
    const before = new Map([['The sums differ. By a lot.', 'Jumla hazilingani. Sana.']]);
    expect(inSwahili('The sums differ. By a lot. That is all.', before)).toBe(
      'Jumla hazilingani. Sana. Ni hayo tu.',
    );
  });

  test('what a person wrote stays what they wrote', () => {
    expect(inSwahili('Looks fine to me.')).toBeNull();
    expect(inSwahili('')).toBeNull();
    expect(inSwahili('. '.repeat(20_000))).toBeNull();
  });
});

describe('what the product says', () => {
  test.each(['1 row could not be read.', tellFile('empty-file'), tellRun('unconfirmed')])(
    '“%s” after the words of a check',
    (tail) => {
      const said = 'Total paid in KES 1.00 agrees.';
      const before = new Map([[said, 'Jumla inalingana.']]);
      expect(problemInSwahili(`${said} ${tail}`, before)).toMatch(/^Jumla inalingana\. \w/);
    },
  );

  test('the time a person has is said in both languages', () => {
    for (const what of ['the-password', 'a-mapping'] as const) {
      const said = tellRun('nobody-came', { what: tellRun(what), wait: humanWait });
      expect(problemInSwahili(said)).toContain('siku 7');
    }
    expect(problemInSwahili(tellRun('undecided', { wait: humanWait }))).toContain('siku 7');
  });

  test('every wording of both catalogues, alone and with a note', () => {
    for (const { meaning } of [...personalCatalogue, ...organisationCatalogue]) {
      const said = tellReading('wording', { phrase: 'Pay Bill. to', meaning });
      expect(readingInSwahili(said)).not.toBeNull();
      const note = tellReading('wording-decides', { column: 'Paid In' });
      expect(readingInSwahili(`${said} ${note}`)).toMatch(/ndiyo yanayoamua\.$/);
    }
    expect(readingInSwahili(readDetails('', { side: 'personal' }).reason)).not.toBeNull();
  });

  test('every reason of a category', () => {
    const names = [null, 'NAIVAS', 'ZURI LTD'];
    for (const channel of channels) {
      for (const direction of ['in', 'out'] as const) {
        for (const counterpartyName of names) {
          for (const nature of ['ordinary', 'charge', 'loan']) {
            const subject = { purpose: 'paybill', channel, direction, nature, counterpartyName };
            const { reason } = categorise({ ...subject, shortcode: null, details: '' });
            expect([reason, categoryInSwahili(reason)]).not.toContain(null);
          }
        }
      }
    }
  });

  test('every reason to ask a second person, and every limit', () => {
    const history = { paidBefore: 0, toPayeeLately: 4, roundLately: 9, isPartOfBatch: false };
    const { reasons } = judgePayout(cents(60_000_00), history);
    expect(reasons).toHaveLength(3);
    expect(reasons.map((reason) => payoutInSwahili(reason))).not.toContain(null);
    for (const kind of ['per-transaction', 'per-day', 'per-month', 'payee-day'] as const) {
      const use = { kind, limitCents: cents(100), usedCents: cents(50) };
      const refusal = refusingLimit(cents(10_000), [use]);
      expect(payoutInSwahili(refusal?.message ?? '')).toContain('kikomo cha malipo');
    }
  });
});
