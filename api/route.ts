/**
 * The only way to add an endpoint. One definition gives the request checks, the response check,
 * the declared problems and the page in the OpenAPI document, so none of them can fall behind.
 */
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Principal } from './auth/principal.ts';
import type { Permission } from './auth/permissions.ts';
import type { Dependencies } from './dependencies.ts';
import type { Deprecation } from './edge/deprecation.ts';
import { refuseExpansion, wantedNouns, withExpanded, type Expansions } from './expand.ts';
import { readJson } from './json-body.ts';
import { problem, type FieldError, type Problem, type ProblemCode } from './problems.ts';
import { readQuery } from './query.ts';
import type { RequestContext } from './request-context.ts';
import { isConditionKept } from './precondition.ts';
import { rowFieldsOf, wantedFields } from './sparse.ts';

export type Method = 'get' | 'post' | 'delete';

export type StepUp = true | 'persons';

/** Zod schemas of the parts a request has; a part without a schema must be empty. */
export type RequestShape = Partial<Record<'params' | 'query' | 'headers' | 'body', z.ZodType>>;

/** JSON when it has a schema; otherwise bytes of one of the media types, or nothing at all. */
export interface ResponseSpec {
  description: string;
  schema?: z.ZodType;
  media?: readonly string[];
}
export type ResponseSpecs = Readonly<Record<number, ResponseSpec>>;

/** Bytes that are written as they come; `write` ends the response itself. */
export interface Streamed {
  mediaType: string;
  write(response: Response): Promise<void>;
}

type BodyOf<Spec extends ResponseSpec> = Spec extends { schema: infer Schema extends z.ZodType }
  ? Spec extends { media: readonly string[] }
    ? z.input<Schema> | Streamed
    : z.input<Schema>
  : Spec extends { media: readonly string[] }
    ? Streamed
    : undefined;

export type ReplyOf<Responses extends ResponseSpecs> = {
  [Status in keyof Responses & number]: {
    status: Status;
    body: BodyOf<Responses[Status]>;
    headers?: Record<string, string>;
  };
}[keyof Responses & number];

/** A reply whose route is no longer known to the type checker. */
export interface Reply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  /** What is asked for of each row; all of it when undefined. */
  fields?: readonly string[] | undefined;
}

/** What a handler gets beside its checked request. */
export interface Call extends RequestContext {
  dependencies: Dependencies;
  request: Request;
  response: Response;
  /** Who signed in, and holds the permission of the route; throws in public routes. */
  readonly principal: Principal;
}

export interface RouteDefinition<Shape extends RequestShape, Responses extends ResponseSpecs> {
  method: Method;
  /** OpenAPI form: `/v1/statements/{id}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  auth: 'public' | Permission;
  /**
   * Needs a second factor shown in the last five minutes; API keys are therefore refused. With
   * `persons` a key may: its scope was given by somebody who had shown one.
   */
  stepUp?: StepUp;
  request: Shape;
  /** Body media types that the handler reads by itself (uploads), with their schemas. */
  upload?: Readonly<Record<string, z.ZodType>>;
  /** The same list as a file, given instead of a page to whoever asks for `text/csv`. */
  sheet?: Route;
  /** What rows name and may be asked for beside them, by `expand`. */
  expand?: Expansions;
  /** Set when the route will go: callers are told in every answer. */
  deprecation?: Deprecation;
  /** Whether Idempotency-Key is looked at; the answer to the first request is then repeated. */
  idempotency?: 'optional' | 'required';
  /** It changes what somebody may have read before: the handler compares `If-Match` with it. */
  ifMatch?: true;
  responses: Responses;
  problems: readonly ProblemCode[];
  handler(
    input: z.output<z.ZodObject<Shape>>,
    call: Call,
  ): Promise<ReplyOf<NoInfer<Responses>> | Problem>;
}

/** A request that passed its checks: what identifies it for idempotency, and how to run it. */
export interface CheckedRequest {
  body: unknown;
  run(call: Call): Promise<Reply | Problem>;
}

/** A route as the application and the document generator see it. */
export interface Route {
  method: Method;
  path: string;
  tag: string;
  summary: string;
  description: string | undefined;
  auth: 'public' | Permission;
  stepUp: StepUp | undefined;
  request: RequestShape;
  upload: Readonly<Record<string, z.ZodType>> | undefined;
  sheet: Route | undefined;
  /** The fields a row has where the route answers pages; `fields` may choose among them. */
  rowFields: ReadonlySet<string> | undefined;
  idempotency: 'optional' | 'required' | undefined;
  ifMatch: true | undefined;
  expand: Expansions | undefined;
  deprecation: Deprecation | undefined;
  responses: ResponseSpecs;
  problems: readonly ProblemCode[];
  check(request: Request): Promise<CheckedRequest | Problem>;
}

/** Defines an endpoint; the type parameters come from the schemas in the definition. */
export function route<Shape extends RequestShape, const Responses extends ResponseSpecs>(
  definition: RouteDefinition<Shape, Responses>,
): Route {
  const schema = z.object(definition.request);
  const rowFields = rowFieldsOf(definition);
  const handler = definition.ifMatch === true ? keepingConditions(definition) : definition.handler;
  // What a request that may carry nothing carries is known before it comes.
  const nothing = Object.keys(definition.request).length === 0 ? schema.parse({}) : undefined;
  return {
    ...definition,
    description: definition.description,
    upload: definition.upload,
    sheet: definition.sheet,
    rowFields,
    idempotency: definition.idempotency,
    ifMatch: definition.ifMatch,
    expand: definition.expand,
    stepUp: definition.stepUp,
    deprecation: definition.deprecation,
    check: async (request) => {
      if (nothing !== undefined && !request.url.includes('?')) {
        return { body: undefined, run: (call) => handler(nothing, call) };
      }
      const parts = await readParts(request, definition.request);
      const wanted = takeWanted(parts, { rowFields, expand: definition.expand });
      if ('problem' in wanted) return wanted;
      const parsed = schema.safeParse(parts);
      if (!parsed.success) return refusalOf(parsed.error.issues);
      const unknown = refuseUnasked(parts.query, definition.request);
      if (unknown !== undefined) return unknown;
      const run = (call: Call) => handler(parsed.data, call);
      const isPlain = wanted.fields === undefined && wanted.names.length === 0;
      return { body: parts.body, run: isPlain ? run : shaped(run, wanted) };
    },
  };
}

/** A handler that changed something without a look at `If-Match` is our bug, found by the tests. */
function keepingConditions<Shape extends RequestShape, Responses extends ResponseSpecs>({
  method,
  path,
  handler,
}: RouteDefinition<Shape, Responses>): RouteDefinition<Shape, Responses>['handler'] {
  return async (input, call) => {
    const answer = await handler(input, call);
    if ('problem' in answer || isConditionKept(call.request)) return answer;
    throw new Error(`${method} ${path} did not look at If-Match`);
  };
}

interface RequestParts {
  params: unknown;
  query: Record<string, string>;
  headers: unknown;
  body: unknown;
}

async function readParts(request: Request, shape: RequestShape): Promise<RequestParts> {
  return {
    params: request.params,
    query: readQuery(request.url),
    headers: request.headers,
    body: shape.body === undefined ? undefined : await readJson(request),
  };
}

/** How an answer is wanted: with these fields of rows alone, and with what rows name beside them. */
interface Wanted {
  fields: readonly string[] | undefined;
  names: readonly string[];
  known: Expansions;
}

/** Takes `fields` and `expand` out of the query, so that filters and cursors know nothing of them. */
function takeWanted(
  parts: RequestParts,
  {
    rowFields,
    expand,
  }: { rowFields: ReadonlySet<string> | undefined; expand?: Expansions | undefined },
): Wanted | Problem {
  const { fields, expand: nouns, ...rest } = parts.query;
  const taken = {
    ...(rowFields === undefined && fields !== undefined ? { fields } : {}),
    ...(expand === undefined && nouns !== undefined ? { expand: nouns } : {}),
  };
  parts.query = { ...rest, ...taken };
  const wantedFieldNames = rowFields && wantedFields(fields, rowFields);
  if (wantedFieldNames !== undefined && 'problem' in wantedFieldNames) return wantedFieldNames;
  const names = expand === undefined ? [] : wantedNouns(nouns, expand);
  if ('problem' in names) return names;
  const isBoth = wantedFieldNames !== undefined && names.length > 0;
  return {
    fields: isBoth ? [...wantedFieldNames, 'expanded'] : wantedFieldNames,
    ...{ names, known: expand ?? {} },
  };
}

function shaped(
  run: CheckedRequest['run'],
  { fields, names, known }: Wanted,
): CheckedRequest['run'] {
  return async (call) => {
    const refusal = refuseExpansion(call, names, known);
    if (refusal !== undefined) return refusal;
    const answer = await run(call);
    if ('problem' in answer) return answer;
    const full = names.length === 0 ? answer : await withExpanded(call, answer, { names, known });
    return fields === undefined ? full : { ...full, fields };
  };
}

function refuseUnasked(query: Record<string, string>, shape: RequestShape): Problem | undefined {
  const [name] = Object.keys(query);
  if (shape.query !== undefined || name === undefined) return undefined;
  const error: FieldError = { in: 'query', pointer: `/${name}`, detail: 'is not a field here' };
  return problem('validation-failed', { errors: [error] });
}

const places = { body: 'body', query: 'query', params: 'path', headers: 'header' } as const;

/** An id that cannot exist is answered like one that does not: 404, before anything else. */
function refusalOf(issues: readonly z.core.$ZodIssue[]): Problem {
  const errors = issues.flatMap(fieldErrors);
  if (errors.some((error) => error.in === 'path')) return problem('not-found');
  return problem('validation-failed', { errors: errors.slice(0, 50) });
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const [part, ...path] = issue.path.map(String);
  const place = part !== undefined && isPart(part) ? places[part] : 'body';
  if (issue.code !== 'unrecognized_keys') {
    return [{ in: place, pointer: pointerOf(path), detail: issue.message }];
  }
  return issue.keys.map((key) => ({
    in: place,
    pointer: pointerOf([...path, key]),
    detail: 'is not a field here',
  }));
}

function isPart(text: string): text is keyof typeof places {
  return Object.hasOwn(places, text);
}

/** RFC 6901: `~` and `/` inside names are escaped. */
function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
