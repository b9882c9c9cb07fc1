/**
 * The house rules that can be counted: which folder may import which, how long files and functions
 * are, which names are banned, and that each capability stands under one stem in every layer.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
  maxBuffer: 1 << 26,
})
  .split('\n')
  .filter((file) => file !== '');

const sources = tracked
  .filter((file) => /\.(ts|vue|mjs)$/.test(file) && !file.endsWith('.d.ts'))
  .filter((file) => !file.startsWith('web/dist/'))
  .map((file) => ({ file, text: readOrEmpty(file) }))
  .filter(({ text }) => text !== '');

/** A file that is deleted but not yet committed is still listed by git. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

interface Import {
  target: string;
  isTypeOnly: boolean;
}

function importsOf({ file, text }: { file: string; text: string }): Import[] {
  const script = file.endsWith('.vue') ? scriptOf(text) : text;
  const pattern = /^(?:import|export)\s+(type\s+)?([^'";]*?from\s+)?['"]([^'"]+)['"]/gm;
  return [...script.matchAll(pattern)].map((match) => ({
    target: resolveTarget(file, match[3] ?? ''),
    isTypeOnly: match[1] !== undefined || onlyTypesNamed(match[2] ?? ''),
  }));
}

function onlyTypesNamed(clause: string): boolean {
  const names = /^\{([^}]*)\}/.exec(clause.trim())?.[1];
  if (names === undefined) return false;
  const parts = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return parts.length > 0 && parts.every((name) => name.startsWith('type '));
}

function scriptOf(vue: string): string {
  return /<script[^>]*>([\s\S]*?)<\/script>/.exec(vue)?.[1] ?? '';
}

function resolveTarget(file: string, target: string): string {
  return target.startsWith('.') ? normalize(join(dirname(file), target)) : target;
}

function layerOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : path;
}

const layers = ['domain', 'workflows', 'activities', 'workers', 'api', 'web', 'db', 'temporal'];

/** Layers a folder may import at run time; `config.ts` and `telemetry.ts` are open to all but the pure ones. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  workflows: ['workflows', 'domain', 'temporal'],
  activities: ['activities', 'domain', 'db', 'config.ts', 'telemetry.ts', 'temporal'],
  db: ['db', 'domain', 'config.ts', 'telemetry.ts'],
  temporal: ['temporal', 'domain', 'config.ts', 'telemetry.ts', 'workflows'],
  api: ['api', 'domain', 'db', 'temporal', 'workflows', 'config.ts', 'telemetry.ts', 'activities'],
  web: ['web', 'domain'],
};

/** The few doors between layers that the arrows leave open only for named files. */
const doors: readonly (readonly [from: RegExp, to: RegExp])[] = [
  [/^workflows\//, /^temporal\/(policies|queues|search-attributes|workflow-ids)\.ts$/],
  [/^temporal\//, /^workflows\/(messages|[a-z-]*types)\.ts$/],
  [/^api\//, /^workflows\/(messages|[a-z-]*types)\.ts$/],
  [
    /^api\//,
    /^activities\/(parser\/(sniff|cage|zip-directory)|failpoint|kafka\/event-bus|sheets\/[a-z-]+)\.ts$/,
  ],
  [/^activities\//, /^temporal\/(client|password-tickets|queues|policies|workflow-ids)\.ts$/],
];

function needsADoor(from: string, to: string): boolean {
  const pair = `${layerOf(from)}→${layerOf(to)}`;
  return [
    'workflows→temporal',
    'temporal→workflows',
    'api→workflows',
    'api→activities',
    'activities→temporal',
  ].includes(pair);
}

function breaksArrow(from: string, { target, isTypeOnly }: Import): boolean {
  const allowed = arrows[layerOf(from)];
  const to = layerOf(target);
  const isOurs = layers.includes(to) || ['config.ts', 'telemetry.ts'].includes(target);
  if (allowed === undefined || !isOurs || isTypeOnly) return false;
  if (!allowed.includes(to)) return true;
  return needsADoor(from, target) && !doors.some(([a, b]) => a.test(from) && b.test(target));
}

describe('the arrows between folders', () => {
  test('every run-time import follows the picture in ARCHITECTURE.md', () => {
    const broken = sources.flatMap((source) =>
      importsOf(source)
        .filter((entry) => breaksArrow(source.file, entry))
        .map((entry) => `${source.file} → ${entry.target}`),
    );

    expect(broken).toEqual([]);
  });

  test('domain/ imports nothing but domain/', () => {
    // Pure arithmetic over texts: no clock, no dice, no Node.
    const pureLibraries = ['fastest-levenshtein'];
    const foreign = sources
      .filter(({ file }) => file.startsWith('domain/'))
      .flatMap((source) =>
        importsOf(source)
          .filter(({ target }) => !target.startsWith('domain/') && !pureLibraries.includes(target))
          .map(({ target }) => `${source.file} → ${target}`),
      );

    expect(foreign).toEqual([]);
  });

  test('workflows/ takes nothing from outside but the workflow SDK', () => {
    const allowed = /^(workflows|domain|temporal)\/|^@temporalio\/(workflow|common)$/;
    const foreign = sources
      .filter(({ file }) => file.startsWith('workflows/'))
      .flatMap((source) =>
        importsOf(source)
          .filter(({ target, isTypeOnly }) => !isTypeOnly && !allowed.test(target))
          .map(({ target }) => `${source.file} → ${target}`),
      );

    expect(foreign).toEqual([]);
  });
});

describe('sizes', () => {
  const isOutsideTheNumbers = /(^|\/)(migrations|fixtures|generated)\//;

  test('no source file is longer than 400 lines and no .vue file longer than 300', () => {
    const long = sources
      .filter(({ file }) => !isOutsideTheNumbers.test(file))
      .map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > (file.endsWith('.vue') ? 300 : 400));

    expect(long).toEqual([]);
  });

  test('no function is longer than its limit', () => {
    const long = sources
      .filter(({ file }) => file.endsWith('.ts') && !isOutsideTheNumbers.test(file))
      .filter(({ file }) => !file.startsWith('tests/'))
      .flatMap(({ file, text }) => longFunctions(file, text));

    expect(long).toEqual([]);
  });

  test('no folder is deeper than its limit', () => {
    const deep = sources
      .map(({ file }) => file)
      .filter((file) => file.split('/').length - 1 > (file.includes('web/') ? 5 : 4));

    expect(deep).toEqual([]);
  });
});

function functionLimit(file: string): number {
  if (file.startsWith('workflows/')) return 80;
  if (/(^|\/)use[A-Z][^/]*\.ts$/.test(file) || /store\.ts$/i.test(file)) return 120;
  return 60;
}

function longFunctions(file: string, text: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  function visit(node: ts.Node): void {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const lines = source.getLineAndCharacterOfPosition(node.end).line - first + 1;
      if (lines > functionLimit(file)) found.push(`${file}:${first + 1} has ${lines} lines`);
      if (node.parameters.length > 4)
        found.push(`${file}:${first + 1} takes ${node.parameters.length} parameters`);
    }
    ts.forEachChild(node, visit);
  }
  visit(source);
  return found;
}

describe('names and words', () => {
  test('no folder or file is a junk drawer', () => {
    const drawers = tracked.filter((file) =>
      /(^|\/)(utils?|common|lib|core|helpers?|shared|misc|managers?)(\/|\.[a-z]+$)/i.test(file),
    );

    expect(drawers).toEqual([]);
  });

  test('source files are kebab-case, Vue files PascalCase, composables useThing', () => {
    const odd = sources
      .map(({ file }) => file)
      .filter((file) => {
        const name = file.split('/').at(-1) ?? '';
        if (name.endsWith('.vue')) return !/^[A-Z][A-Za-z0-9]*\.vue$/.test(name);
        if (file.startsWith('web/'))
          return !/^([a-z][A-Za-z0-9]*|[a-z0-9-]+)(\.[a-z]+)*\.(ts|mjs)$/.test(name);
        return !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|mjs)$/.test(name) && !/^\d{4}_/.test(name);
      });

    expect(odd).toEqual([]);
  });

  test('the environment is read in config.ts alone', () => {
    // Migrations run with the owner's address, which no running process may know.
    const readers = sources
      .filter(({ file }) => file !== 'db/migrate.ts')
      .filter(({ file }) =>
        /^(domain|workflows|activities|api|db|temporal|web|telemetry)/.test(file),
      )
      .filter(({ text }) => /process\.env\b/.test(text))
      .map(({ file }) => file);

    expect(readers).toEqual([]);
  });

  test('no type hole, no skipped or focused test, no work left as a comment', () => {
    const patterns: readonly RegExp[] = [
      /@ts-(ignore|nocheck|expect-error)/,
      /(?::|<|\bas) any\b/,
      /\b(?:it|test|describe)\.(?:only|skip|todo)\(/,
      /\bx(?:it|describe)\(/,
      new RegExp(`\\b(?:${['TO', 'DO'].join('')}|FIX${'ME'}|HA${'CK'})\\b`),
    ];
    const found = sources
      .filter(({ file }) => file !== 'tests/tidy.test.ts')
      .flatMap(({ file, text }) =>
        text
          .split('\n')
          .map((line, index) => ({ place: `${file}:${index + 1}`, line }))
          .filter(({ line }) => patterns.some((pattern) => pattern.test(line)))
          .map(({ place, line }) => `${place} ${line.trim()}`),
      );

    expect(found).toEqual([]);
  });

  test('domain/ reads no clock and rolls no dice', () => {
    const impure = sources
      .filter(({ file }) => file.startsWith('domain/'))
      .filter(({ text }) => /Date\.now\(|new Date\(\)|Math\.random\(|crypto\./.test(text))
      .map(({ file }) => file);

    expect(impure).toEqual([]);
  });

  test('nothing is kept that nobody could review', () => {
    const readable =
      /\.(ts|mjs|js|vue|css|html|svg|json|ya?ml|md|txt|sh|py|bru|csv|snap|mod|sum|example)$|ignore$|rc$|(^|\/)(run|LICENSE|Dockerfile)$/;
    const pictures = /^docs\/images\/[a-z-]+\.png$|^web\/public\/samples\/[a-z-]+\.(pdf|xlsx)$/;
    const strange = tracked.filter((file) => !readable.test(file) && !pictures.test(file));

    expect(strange).toEqual([]);
  });

  test('files name no workplace path', () => {
    const named = tracked
      .filter((file) => /\.(ts|mjs|vue|md|yml|json)$/.test(file) && file !== 'package-lock.json')
      .filter((file) => file !== 'tests/tidy.test.ts')
      .filter((file) => /\/work\/|\/tmp\/contract|\.\.\/shared\//.test(readOrEmpty(file)));

    expect(named).toEqual([]);
  });
});

/** `web/src/payments/ShownNumber.vue` and `shown-numbers` have one spelling. */
const plain = (name: string): string => name.toLowerCase().replaceAll('-', '');
/** A component is of one thing, a folder of many. */
const nounOf = (stem: string): string => plain(stem).replace(/s$/, '');

describe('ARCHITECTURE.md', () => {
  const architecture = readOrEmpty('ARCHITECTURE.md');

  test('every file it names exists', () => {
    const named = [...architecture.matchAll(/`([\w./-]+\.(?:ts|vue|mjs|yml|json|md))`/g)].map(
      (match) => match[1] ?? '',
    );
    const missing = named.filter((file) => file.includes('/') && readOrEmpty(file) === '');

    expect(named.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });

  test('each capability it lists has its stem in every layer it claims', () => {
    const rows = [...architecture.matchAll(/^\| \*\*([\w-]+)\*\* *\|(.*)\|$/gm)];
    const missing = rows.flatMap(([, stem, cells]) =>
      [...(cells ?? '').matchAll(/`([a-z]+)\/`/g)]
        .map((match) => match[1] ?? '')
        .filter(
          (layer) =>
            !tracked.some(
              (file) => file.startsWith(`${layer}/`) && plain(file).includes(nounOf(stem ?? '')),
            ),
        )
        .map((layer) => `${layer}/…${stem}`),
    );

    expect(rows.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });
});
