/**
 * What of a newer OpenAPI document breaks a client of an older one, by the rules of
 * `docs/api-changes.md`: operations stay, requests that were taken are taken, answers keep what they
 * had. New things are no breaks.
 */
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

const documentShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))),
  components: z
    .looseObject({ schemas: z.record(z.string(), z.looseObject({})).optional() })
    .optional(),
});
export type ApiDocument = z.infer<typeof documentShape>;

/** Reads a document; throws when it is none. */
export function readApiDocument(text: string): ApiDocument {
  return documentShape.parse(JSON.parse(text));
}

/** Every break in words, each beginning with its operation; empty when there is none. */
export function breakingChanges(before: ApiDocument, after: ApiDocument): string[] {
  const found = new Set<string>();
  for (const [path, methods] of Object.entries(before.paths)) {
    for (const [method, older] of Object.entries(methods)) {
      const name = `${method.toUpperCase()} ${path}`;
      const newer = after.paths[path]?.[method];
      if (newer === undefined) found.add(`${name} is gone`);
      else {
        const comparison = {
          before,
          after,
          say: (words: string) => found.add(`${name}: ${words}`),
        };
        compareOperation(comparison, older, newer);
      }
    }
  }
  return [...found];
}

interface Comparison {
  before: ApiDocument;
  after: ApiDocument;
  say(words: string): void;
}

function compareOperation(c: Comparison, older: Json, newer: Json): void {
  if (older['x-permission'] !== newer['x-permission']) c.say('asks for another permission');
  if (older['x-step-up'] === undefined && newer['x-step-up'] !== undefined) {
    c.say('asks for a second factor');
  }
  compareParameters(c, older, newer);
  const bodies = [older, newer].map((one) => mediaOf(one['requestBody']));
  compareMedia(c, bodies, 'takes', { isRequest: true, path: 'body' });
  const [before, after] = [record(older['responses']), record(newer['responses'])];
  for (const status of Object.keys(before).filter((one) => /^[23]/.test(one))) {
    if (after[status] === undefined) c.say(`no longer answers ${status}`);
    const media = [before[status], after[status]].map(mediaOf);
    compareMedia(c, media, 'answers', { isRequest: false, path: `answer ${status}` });
  }
}

function compareParameters(c: Comparison, older: Json, newer: Json): void {
  const byName = (operation: Json) =>
    new Map(list(operation['parameters']).map((one) => [`${one['in']} ${one['name']}`, one]));
  const [before, after] = [byName(older), byName(newer)];
  for (const [name, parameter] of before) {
    const now = after.get(name);
    if (now === undefined) c.say(`no longer takes ${name}`);
    else {
      const place = { isRequest: true, path: name };
      compareSchemas(c, record(parameter['schema']), record(now['schema']), place);
    }
  }
  for (const [name, parameter] of after) {
    const wasRequired = before.get(name)?.['required'] === true;
    if (parameter['required'] === true && !wasRequired) c.say(`requires ${name}`);
  }
}

interface Place {
  /** What clients send may only be taken more widely; what they get may only be said more fully. */
  isRequest: boolean;
  path: string;
}

function compareMedia(
  c: Comparison,
  [before = {}, after = {}]: readonly Json[],
  verb: string,
  place: Place,
): void {
  for (const [type, older] of Object.entries(before)) {
    const newer = after[type];
    if (newer === undefined) c.say(`no longer ${verb} ${type}`);
    else compareSchemas(c, record(record(older)['schema']), record(record(newer)['schema']), place);
  }
}

function compareSchemas(c: Comparison, older: Json, newer: Json, place: Place): void {
  const [before, after] = [resolved(c.before, older), resolved(c.after, newer)];
  // Both sides are the same component of documents that say the same of it, or a loop of them.
  if (JSON.stringify(before) === JSON.stringify(after) && !hasReference(before)) return;
  if (place.path.split('/').length > depthMax) return;
  const { path } = place;
  const [were, are] = [typesOf(before), typesOf(after)];
  const [from, to] = place.isRequest ? [were, are] : [are, were];
  if (were.length > 0 && are.length > 0 && !from.every((type) => to.includes(type))) {
    c.say(`${path} was ${were.join(' or ')} and is ${are.join(' or ')}`);
  }
  if (place.isRequest) compareBounds(c, before, after, path);
  compareProperties(c, before, after, place);
  for (const which of ['anyOf', 'oneOf']) {
    const [was, is] = [list(before[which]), list(after[which])];
    if (was.length !== is.length) continue;
    for (const [index, one] of was.entries()) compareSchemas(c, one, is[index] ?? {}, place);
  }
  const items = [before['items'], after['items']].map(record);
  if (Object.keys(items[0] ?? {}).length > 0) {
    compareSchemas(c, items[0] ?? {}, items[1] ?? {}, { ...place, path: `${path}/*` });
  }
}

const depthMax = 12;

function compareProperties(c: Comparison, before: Json, after: Json, place: Place): void {
  const [were, are] = [record(before['properties']), record(after['properties'])];
  const [wereRequired, areRequired] = [before['required'], after['required']].map(texts);
  for (const [name, older] of Object.entries(were)) {
    const path = `${place.path}/${name}`;
    const newer = are[name];
    if (newer === undefined) c.say(place.isRequest ? `no longer takes ${path}` : `lacks ${path}`);
    else compareSchemas(c, record(older), record(newer), { ...place, path });
  }
  const [from, to] = place.isRequest ? [wereRequired, areRequired] : [areRequired, wereRequired];
  for (const name of to ?? []) {
    const isNews = !(from ?? []).includes(name) && (place.isRequest || are[name] !== undefined);
    const path = `${place.path}/${name}`;
    if (isNews) c.say(place.isRequest ? `requires ${path}` : `${path} may be missing`);
  }
}

const upper = ['maximum', 'maxLength', 'maxItems', 'exclusiveMaximum'];
const lower = ['minimum', 'minLength', 'minItems', 'exclusiveMinimum'];

/** What a request may hold: no listed word goes, and no bound becomes tighter. */
function compareBounds(c: Comparison, before: Json, after: Json, path: string): void {
  const words = after['enum'];
  if (Array.isArray(words)) {
    const gone = Array.isArray(before['enum'])
      ? before['enum'].filter((word) => !words.includes(word))
      : ['any other word'];
    if (gone.length > 0) c.say(`${path} no longer takes ${gone.join(', ')}`);
  }
  const tighter = (names: readonly string[], isTighter: (was: number, is: number) => boolean) =>
    names.filter((name) => {
      const [was, is] = [before[name], after[name]];
      return typeof is === 'number' && (typeof was !== 'number' || isTighter(was, is));
    });
  const narrowed = [
    ...tighter(upper, (was, is) => is < was),
    ...tighter(lower, (was, is) => is > was),
  ];
  for (const name of narrowed) c.say(`${path} has a tighter ${name}`);
}

/** The schema behind references; what several schemas allow is looked at as one of all of them. */
function resolved(document: ApiDocument, schema: Json): Json {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  return document.components?.schemas?.[reference.split('/').at(-1) ?? ''] ?? {};
}

function hasReference(schema: Json): boolean {
  return JSON.stringify(schema).includes('"$ref"');
}

/** `string`, `null` and so on, of the schema and of its alternatives. */
function typesOf(schema: Json): string[] {
  const own = typeof schema['type'] === 'string' ? [schema['type']] : texts(schema['type']);
  const others = [...list(schema['anyOf']), ...list(schema['oneOf'])].flatMap((one) =>
    typeof one['$ref'] === 'string' ? ['object'] : typesOf(one),
  );
  return [...new Set([...own, ...others])];
}

function mediaOf(part: unknown): Json {
  return record(record(part)['content']);
}

function record(value: unknown): Json {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? { ...value } : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
