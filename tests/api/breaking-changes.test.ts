/** What breaks a client is named, and what is only new is not. */
import { breakingChanges, readApiDocument } from '../../api/breaking-changes.ts';
import { renderOpenApi } from '../../api/render-openapi.ts';

const thing = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    note: { type: ['string', 'null'] },
    parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
    either: {
      anyOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { type: 'null' }],
    },
  },
  required: ['id'],
};

function aDocument() {
  return {
    paths: {
      '/v1/things': {
        get: {
          'x-permission': 'things:read',
          parameters: [
            { name: 'status', in: 'query', required: false, schema: { enum: ['a', 'b'] } },
            { name: 'limit', in: 'query', required: false, schema: { maximum: 200, minimum: 1 } },
          ],
          responses: {
            200: {
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
            },
            404: {},
          },
        },
        post: {
          'x-permission': 'things:write',
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    name: { type: 'string', maxLength: 50 },
                    kind: { type: 'string', enum: ['x', 'y'] },
                  },
                  required: ['name'],
                },
              },
            },
          },
          responses: { 201: { description: 'Made' } },
        },
      },
    },
    components: { schemas: { Thing: structuredClone(thing) } },
  };
}

type Draft = ReturnType<typeof aDocument>;
const bodyOf = (draft: Draft) =>
  draft.paths['/v1/things'].post.requestBody.content['application/json'].schema;

function breaksOf(change: (draft: Draft) => void): string[] {
  const draft = aDocument();
  change(draft);
  const read = (document: Draft) => readApiDocument(JSON.stringify(document));
  return breakingChanges(read(aDocument()), read(draft));
}

const set = (target: object, values: object) => void Object.assign(target, values);
const drop = (target: object, name: string) => void Reflect.deleteProperty(target, name);

test.each<[words: string, change: (draft: Draft) => void]>([
  ['POST /v1/things is gone', (draft) => drop(draft.paths['/v1/things'], 'post')],
  [
    'GET /v1/things: asks for another permission',
    (draft) => set(draft.paths['/v1/things'].get, { 'x-permission': 'things:see' }),
  ],
  [
    'POST /v1/things: asks for a second factor',
    (draft) => set(draft.paths['/v1/things'].post, { 'x-step-up': true }),
  ],
  [
    'GET /v1/things: no longer takes query status',
    (draft) => void draft.paths['/v1/things'].get.parameters.shift(),
  ],
  [
    'GET /v1/things: requires query status',
    (draft) => set(draft.paths['/v1/things'].get.parameters[0] ?? {}, { required: true }),
  ],
  [
    'GET /v1/things: query status no longer takes b',
    (draft) =>
      set(draft.paths['/v1/things'].get.parameters[0] ?? {}, { schema: { enum: ['a', 'c'] } }),
  ],
  [
    'GET /v1/things: query limit has a tighter maximum',
    (draft) =>
      set(draft.paths['/v1/things'].get.parameters[1] ?? {}, {
        schema: { maximum: 100, minimum: 1 },
      }),
  ],
  ['POST /v1/things: no longer takes body/kind', (draft) => drop(bodyOf(draft).properties, 'kind')],
  ['POST /v1/things: requires body/kind', (draft) => void bodyOf(draft).required.push('kind')],
  [
    'POST /v1/things: body/name has a tighter maxLength',
    (draft) => set(bodyOf(draft).properties.name, { maxLength: 49 }),
  ],
  [
    'POST /v1/things: body/name was string and is integer',
    (draft) => set(bodyOf(draft).properties, { name: { type: 'integer', maxLength: 50 } }),
  ],
  [
    'POST /v1/things: no longer answers 201',
    (draft) => set(draft.paths['/v1/things'].post, { responses: { 202: {} } }),
  ],
  [
    'GET /v1/things: no longer answers application/json',
    (draft) => set(draft.paths['/v1/things'].get.responses[200], { content: { 'text/csv': {} } }),
  ],
  [
    'GET /v1/things: lacks answer 200/note',
    (draft) => drop(draft.components.schemas.Thing.properties, 'note'),
  ],
  [
    'GET /v1/things: answer 200/id may be missing',
    (draft) => set(draft.components.schemas.Thing, { required: [] }),
  ],
  [
    'GET /v1/things: answer 200/id was string and is string or null',
    (draft) => set(draft.components.schemas.Thing.properties, { id: { type: ['string', 'null'] } }),
  ],
  [
    'GET /v1/things: lacks answer 200/either/a',
    (draft) =>
      set(draft.components.schemas.Thing.properties, {
        either: { anyOf: [{ type: 'object', properties: {} }, { type: 'null' }] },
      }),
  ],
])('%s', (words, change) => {
  expect(breaksOf(change)).toContain(words);
});

test.each<[what: string, change: (draft: Draft) => void]>([
  ['nothing', () => {}],
  ['an operation', (draft) => set(draft.paths, { '/v1/others': { get: { responses: {} } } })],
  [
    'a field of an answer, and one that is always there from now on',
    (draft) =>
      set(draft.components.schemas.Thing, {
        properties: { ...thing.properties, more: { type: 'string' } },
        required: ['id', 'more', 'note'],
      }),
  ],
  [
    'a field of an answer that is never null any more',
    (draft) => set(draft.components.schemas.Thing.properties, { note: { type: 'string' } }),
  ],
  [
    'a wish that need not be said, a longer text and another word',
    (draft) =>
      set(bodyOf(draft), {
        properties: {
          name: { type: 'string', maxLength: 80 },
          kind: { type: 'string', enum: ['x', 'y', 'z'] },
          more: { type: 'string' },
        },
      }),
  ],
  ['a field that need not be there', (draft) => set(bodyOf(draft), { required: [] })],
])('that there is more breaks nothing: %s', (_what, change) => {
  expect(breaksOf(change)).toEqual([]);
});

test('the document of this very program breaks nothing of itself', () => {
  const document = readApiDocument(renderOpenApi());

  expect(breakingChanges(document, document)).toEqual([]);
});

test('what is no document is not compared', () => {
  expect(() => readApiDocument('{"paths":[]}')).toThrow();
});
