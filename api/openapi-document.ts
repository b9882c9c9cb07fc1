/** The OpenAPI 3.1 document, written from the routes: what it says is what is checked. */
import { z } from 'zod';
import { declaredProblems } from './declared-problems.ts';
import type { Expansions } from './expand.ts';
import { apiVersion, sinceOf } from './meta/changes.ts';
import { catalogue, type ProblemCode } from './problems.ts';
import type { ResponseSpec, Route } from './route.ts';

type Json = Record<string, unknown>;

const problemSchema = z
  .strictObject({
    type: z.url().describe('Dereference it for the cause and the fix'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    detailSw: z.string().optional().describe('The same in Swahili, where it is said in both'),
    instance: z.string(),
    code: z.string().describe('Stable name of the problem'),
    requestId: z.string(),
    errors: z.array(
      z.strictObject({
        in: z.enum(['body', 'query', 'path', 'header']),
        pointer: z.string().describe('JSON pointer to the field'),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'Problem' });

/** The whole document; `servers` is left to whoever serves it. */
export function openApiDocument(routes: readonly Route[]): Json {
  const components = new Map<string, Json>();
  schemaOf(problemSchema, components);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route, components) };
  }
  const sorted = [...components].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Daftari API',
      version: apiVersion,
      description:
        'The durable back office of a business that lives on M-PESA. Money is integer cents, times are RFC 3339 in UTC, business dates are days in Nairobi. New optional fields and new enumeration values may appear within v1.',
    },
    externalDocs: {
      url: '/docs/guide/authentication.md',
      description: 'The guide: signing in, pages, errors and repeats, with examples that are run',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(sorted),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

type Components = Map<string, Json>;

function operationOf(route: Route, components: Components): Json {
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...describe(route),
    ...(route.auth === 'public'
      ? { security: [] }
      : { security: [{ bearer: [] }], 'x-permission': route.auth }),
    ...(route.stepUp === undefined ? {} : { 'x-step-up': route.stepUp }),
    'x-since': sinceOf(route),
    parameters: parametersOf(route, components),
    ...requestBodyOf(route, components),
    responses: { ...responsesOf(route, components), ...problemsOf(route) },
  };
}

function describe({ description, sheet }: Route): Json {
  const byAccept =
    sheet &&
    `With \`Accept: text/csv\` all of it as a file, as \`${sheet.path}\` gives it and with the permission it asks for (\`${sheet.auth}\`); without \`limit\` and \`cursor\`.`;
  const sentences = [description, byAccept].filter((text) => text !== undefined);
  return sentences.length === 0 ? {} : { description: sentences.join(' ') };
}

/** `post /v1/statements/{id}/undo` → `postStatementsIdUndo`. */
function operationId(route: Route): string {
  const words = route.path.replace('/v1', '').match(/\w+/g) ?? [];
  return route.method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

const idempotencyParameter = (isRequired: boolean): Json => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: isRequired,
  description: 'Repeat it with a repeated request: the first answer is given again for 72 hours.',
  schema: { type: 'string', minLength: 16, maxLength: 255 },
});

const fieldsParameter: Json = {
  name: 'fields',
  in: 'query',
  required: false,
  description: 'Names with commas between them: rows have those fields and no others.',
  schema: { type: 'string' },
};

const expandParameter = (expand: Expansions): Json => ({
  name: 'expand',
  in: 'query',
  required: false,
  description: `Names with commas between them, of ${Object.entries(expand)
    .map(([name, { auth }]) => `\`${name}\` (needs \`${auth}\`)`)
    .join(', ')}: what each row names stands in its \`expanded\`, as its own address gives it.`,
  schema: { type: 'string' },
});

const digestParameter: Json = {
  name: 'Content-Digest',
  in: 'header',
  required: false,
  description: 'RFC 9530, `sha-256=:…:` or `sha-512=:…:` of the body as it travels; compared.',
  schema: { type: 'string' },
};

const ifMatchParameter: Json = {
  name: 'if-match',
  in: 'header',
  required: false,
  description:
    'The ETag of what you looked at, or its `version` as `W/"…"`: changed meanwhile, nothing happens.',
  schema: { type: 'string' },
};

function parametersOf(route: Route, components: Components): Json[] {
  const places = [
    ['params', 'path'],
    ['query', 'query'],
    ['headers', 'header'],
  ] as const;
  const parameters: Json[] = places.flatMap(([part, place]) => {
    const schema = route.request[part];
    if (schema === undefined) return [];
    const { properties = {}, required = [] } = objectSchema.parse(schemaOf(schema, components));
    return Object.entries(properties).map(([name, { description, ...property }]) => ({
      name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: property,
    }));
  });
  if (route.rowFields !== undefined) parameters.push(fieldsParameter);
  if (route.expand !== undefined) parameters.push(expandParameter(route.expand));
  if (route.upload !== undefined) parameters.push(digestParameter);
  if (route.ifMatch === true) parameters.push(ifMatchParameter);
  if (route.idempotency === undefined) return parameters;
  return [...parameters, idempotencyParameter(route.idempotency === 'required')];
}

const objectSchema = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  required: z.array(z.string()).optional(),
});

function requestBodyOf(route: Route, components: Components): Json {
  const { body } = route.request;
  const media = route.upload ?? (body === undefined ? undefined : { 'application/json': body });
  if (media === undefined) return {};
  return { requestBody: { required: true, content: contentOf(media, components) } };
}

function contentOf(media: Readonly<Record<string, z.ZodType>>, components: Components): Json {
  const entries = Object.entries(media).map(([type, schema]) => [
    type,
    { schema: schemaOf(schema, components) },
  ]);
  return Object.fromEntries(entries);
}

function responsesOf(route: Route, components: Components): Json {
  const entries = Object.entries(route.responses).map(([status, spec]) => [
    status,
    { description: spec.description, ...responseContent(withSheet(route, spec), components) },
  ]);
  return Object.fromEntries(entries);
}

function withSheet({ sheet }: Route, spec: ResponseSpec): ResponseSpec {
  return sheet === undefined ? spec : { ...spec, media: [...(spec.media ?? []), 'text/csv'] };
}

function responseContent(spec: ResponseSpec, components: Components): Json {
  const json =
    spec.schema === undefined ? {} : contentOf({ 'application/json': spec.schema }, components);
  const bytes = (spec.media ?? []).map((type) => [type, { schema: { type: 'string' } }]);
  const content = { ...json, ...Object.fromEntries(bytes) };
  return Object.keys(content).length === 0 ? {} : { content };
}

function problemsOf(route: Route): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of declaredProblems(route)) {
    const { status } = catalogue[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const entries = [...byStatus].map(([status, codes]) => [
    status,
    {
      description: codes.map((code) => `\`${code}\`: ${catalogue[code].title}`).join('; '),
      content: {
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      },
    },
  ]);
  return Object.fromEntries(entries);
}

/** The JSON schema of what travels; named schemas become components and are referred to. */
function schemaOf(schema: z.ZodType, components: Components): Json {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { $schema: _draft, $defs: definitions, id, ...rest } = withComponentRefs(json);
  for (const [name, definition] of Object.entries(namedSchemas.parse(definitions ?? {}))) {
    const { id: _id, ...named } = definition;
    components.set(name, named);
  }
  if (typeof id !== 'string') return rest;
  components.set(id, rest);
  return { $ref: `#/components/schemas/${id}` };
}

const namedSchemas = z.record(z.string(), z.record(z.string(), z.unknown()));

function withComponentRefs(json: object): Json {
  const text = JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/');
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}
