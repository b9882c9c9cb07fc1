/** The two languages say the same things, and everything the code asks for exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { catalogue } from '../../api/problems.ts';
import { roles } from '../../api/auth/permissions.ts';
import { operationStatuses, stages, waitingReasons } from '../../api/operations/schema.ts';
import { statementStatuses, verdicts } from '../../api/statements/schema.ts';
import { confidences, directions, natures } from '../../api/transactions/schema.ts';
import { invoiceStatuses } from '../../domain/invoices/invoice.ts';
import { batchStatuses as pushStatuses, linkStatuses } from '../../db/collection-tables.ts';
import { collectionEventTypes } from '../../db/collection-events.ts';
import { categories } from '../../domain/categories/terms.ts';
import {
  allocationReasons,
  collectionSources,
  collectionStatuses,
  disagreements,
  targetKinds,
  witnessKinds,
  witnessOutcomes,
} from '../../domain/collections/terms.ts';
import {
  channels,
  checkNames,
  rejectReasons,
  rowStatuses,
  statementFormats,
  tamperSignals,
} from '../../domain/statements/terms.ts';
import { returnStatuses, wordStatuses } from '../../domain/waiting.ts';
import { requestErrors } from '../../web/src/collections/request-draft.ts';
import { batchStatuses } from '../../web/src/payouts/batch-types.ts';
import {
  disbursementKinds,
  disbursementStatuses,
  refusalCodes,
} from '../../domain/disbursements/terms.ts';
import { payoutErrors } from '../../web/src/disbursements/payout-draft.ts';
import { en } from '../../web/src/locales/en.ts';
import { first } from '../../web/src/locales/en-first.ts';
import { sw } from '../../web/src/locales/sw.ts';
import { presets } from '../../web/src/overview/periods.ts';
import { mappedFields } from '../../web/src/statements/mapping-draft.ts';
import { columnNames } from '../../web/src/transactions/columns.ts';

function flatten(tree: object, path = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const key = path === '' ? name : `${path}.${name}`;
    if (typeof value === 'string') flat.set(key, value);
    else for (const [inner, text] of flatten(value, key)) flat.set(inner, text);
  }
  return flat;
}

const english = flatten(en);
const swahili = flatten(sw);
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe('the catalogues', () => {
  test('both languages have the same keys', () => {
    expect([...swahili.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test('both languages use the same placeholders and number of plural forms', () => {
    const unlike = [...english].filter(([key, text]) => {
      const other = swahili.get(key) ?? '';
      const forms = (sentence: string): number => sentence.split(' | ').length;
      return `${placeholders(text)}` !== `${placeholders(other)}` || forms(text) !== forms(other);
    });

    expect(unlike).toEqual([]);
  });

  test('no sentence is empty, but for the step that needs no action', () => {
    const empty = [...english, ...swahili]
      .filter(([, text]) => text.trim() === '')
      .map(([key]) => key);

    expect(new Set(empty)).toEqual(new Set(['setup.steps.account.action']));
  });

  test('Swahili is not English left behind', () => {
    const names =
      /^(shortcodes\.kind\.|payouts\.kind\.pochi|login\.email|shell\.languages|words\.channel\.(paybill|till|pochi|atm))/;
    const same = [...english]
      .filter(
        ([key, text]) =>
          swahili.get(key) === text && /[a-z]{4}/i.test(text.replace(/\{\w+\}/g, '')),
      )
      .map(([key]) => key)
      .filter((key) => !names.test(key));

    expect(same).toEqual([]);
  });
});

describe('the English words that come with the page', () => {
  const source = join(import.meta.dirname, '../../web/src');
  const textOf = (file: string): string => readFileSync(join(source, file), 'utf8');

  /** The file and whatever it imports, at once or later; screens that bring their words left out. */
  function reach(file: string, seen = new Set<string>()): Set<string> {
    if (seen.has(file) || !existsSync(join(source, file))) return seen;
    seen.add(file);
    const own = textOf(file).replaceAll(/withItsWords\([^]*?import\([^)]*\)\)/g, '');
    for (const [, path = ''] of own.matchAll(/(?:from |import\()'(\.[^']+\.(?:ts|vue))'/g))
      reach(normalize(join(dirname(file), path)), seen);
    return seen;
  }

  test('are all that the screens ask for that bring none', () => {
    const asked = /(?<=[\s({[,"]t\(\s*['`]|title: '|keypath=")[a-zA-Z]+(?=\.)/g;
    const known = new Set(Object.keys(first));
    const files = [...reach('main.ts')].filter((file) => file !== 'router.ts');
    const lacking = files.flatMap((file) =>
      [...textOf(file).matchAll(asked)]
        .filter(([section]) => !known.has(section))
        .map(([section]) => `${file}: ${section}`),
    );

    expect(files.length).toBeGreaterThan(80);
    expect([...new Set(lacking)]).toEqual([]);
  });
});

/** What no screen can bring about, and what is said with the cell it is about. */
const ofPrograms = [
  ...['key-in-address', 'malformed-request', 'malformed-json', 'malformed-multipart'],
  ...['invalid-cursor', 'idempotency-key-malformed', 'source-not-allowed', 'method-not-allowed'],
  ...['not-acceptable', 'upgrade-required', 'uri-too-long', 'idempotency-mismatch'],
  ...['headers-too-large', 'row-unreadable'],
];

describe('values from the server', () => {
  const lists: Record<string, readonly string[]> = {
    direction: directions,
    nature: natures,
    confidence: confidences,
    channel: channels,
    category: categories,
    status: statementStatuses,
    operation: operationStatuses,
    verdict: verdicts,
    format: statementFormats,
    check: checkNames,
    tamper: tamperSignals,
    reject: rejectReasons,
    row: rowStatuses,
  };

  test.each(Object.entries(lists))('every %s has a name', (list, values) => {
    const missing = values.filter((value) => !english.has(`words.${list}.${value}`));

    expect(missing).toEqual([]);
  });

  test.each([
    ['stages', stages],
    ['collections.status', collectionStatuses],
    ['collections.say', collectionStatuses],
    ['collections.event', collectionEventTypes],
    ['collections.source', collectionSources],
    ['collections.witness', witnessKinds],
    ['collections.outcome', witnessOutcomes],
    ['collections.disagreement', disagreements],
    ['collections.wrong', requestErrors],
    ['collections.closing.say', wordStatuses],
    ['payouts.closing.ended', wordStatuses.filter((status) => status !== 'waiting')],
    ['payouts.returning.say', returnStatuses],
    ['links.status', linkStatuses],
    ['invoices.status', invoiceStatuses],
    ['pay.say', collectionStatuses],
    ['payouts.kind', disbursementKinds],
    ['payouts.status', disbursementStatuses],
    ['payouts.say', disbursementStatuses],
    ['payouts.refusal', refusalCodes],
    ['payouts.wrong', payoutErrors],
    ['batches.status', batchStatuses],
    ['batches.say', batchStatuses],
    ['pushLists.status', pushStatuses],
    ['pushLists.say', pushStatuses],
    ['desk.reason', allocationReasons],
    ['desk.target', targetKinds],
    ['upload.waits', waitingReasons],
    ['shell.roles', roles],
    ['overview.presets', presets],
    ['mapping.field', mappedFields],
    ['columns', columnNames],
  ])('every name of %s has a sentence', (prefix, names) => {
    expect(names.filter((name) => !english.has(`${prefix}.${name}`))).toEqual([]);
  });

  test('sentences about problems are about problems the API has', () => {
    const ours = ['network', 'timeout'];
    const told = [...english.keys()]
      .filter((key) => key.startsWith('problems.'))
      .map((key) => key.slice(9));

    expect(told.filter((code) => !(code in catalogue) && !ours.includes(code))).toEqual([]);
    const untold = Object.keys(catalogue).filter((code) => !told.includes(code));
    expect(untold).toEqual(ofPrograms);
  });
});

describe('the code', () => {
  const folder = join(process.cwd(), 'web', 'src');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(vue|ts)$/.test(file) && !file.includes('locales'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));

  test('every sentence it asks for by name exists', () => {
    const asked = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map(([, key = '']) => ({ file, key })),
    );

    expect(asked.length).toBeGreaterThan(150);
    expect(asked.filter(({ key }) => !english.has(key))).toEqual([]);
  });

  test('every sentence it builds a name for has a beginning that exists', () => {
    const begun = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\bt\(\s*`([\w.-]+\.)\$\{/g)].map(([, prefix = '']) => ({ file, prefix })),
    );
    const keys = [...english.keys()];

    expect(begun.length).toBeGreaterThan(10);
    expect(begun.filter(({ prefix }) => !keys.some((key) => key.startsWith(prefix)))).toEqual([]);
  });

  test('no sentence is written into a template', () => {
    const bare = sources
      .filter(({ file }) => file.endsWith('.vue'))
      .flatMap(({ file, text }) => {
        const template = text
          .slice(text.indexOf('<template>'))
          .replace(/<!--[\s\S]*?-->/g, '')
          .replace(/\{\{[\s\S]*?\}\}/g, '');
        return [...template.matchAll(/>([^<>{}]*[A-Za-z]{3}[^<>{}]*)</g)].map(
          ([, words = '']) => `${file}: ${words.trim()}`,
        );
      })
      .filter((line) => !/Daftari|SHA-256|Ctrl K|=>|===|&&|\? /.test(line));

    expect(bare).toEqual([]);
  });

  test('nothing is ever read as markup', () => {
    expect(sources.filter(({ text }) => /v-html|innerHTML|insertAdjacentHTML/.test(text))).toEqual(
      [],
    );
  });

  test('components never talk to the network', () => {
    const talkers = sources.filter(
      ({ file, text }) =>
        file.endsWith('.vue') &&
        /request\.ts'|fetch\(|XMLHttpRequest/.test(text.replace(/import type .*\n/g, '')),
    );

    expect(talkers.map(({ file }) => file)).toEqual([]);
  });
});
