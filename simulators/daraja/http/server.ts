/** The HTTP side: reads requests, applies the rules, answers, and writes the log. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { serveAdmin } from '../admin/admin.ts';
import { authenticate } from '../apis/oauth.ts';
import { effectOf } from '../faults/effects.ts';
import type { Effect } from '../faults/effects.ts';
import type { World } from '../world.ts';
import { invalidField, refusal } from './call.ts';
import type { Answer, Call } from './call.ts';
import { text, wholeShillings } from './fields.ts';
import { disturbance } from './disturb.ts';
import { readBody } from './read-body.ts';
import { routes } from './routes.ts';
import type { Route } from './routes.ts';

/** Makes the server; it listens nowhere yet. */
export function createTwinServer(world: World): Server {
  const server = createServer((request, response) => {
    serve(world, request, response).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
      if (!response.headersSent) response.writeHead(500).end();
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 65_000;
  return server;
}

async function serve(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://twin');
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  if (url.pathname === '/' || url.pathname.startsWith('/twin')) {
    await serveAdmin(world, { request, response, url, body });
    return;
  }
  const began = performance.now();
  const { answer, effects, route } = await answerApi(world, { request, url, body });
  const sent = answer === 'cut' ? undefined : answer;
  if (sent === undefined) response.destroy();
  else send(response, sent);
  world.log.add({
    at: world.clock.now(),
    direction: 'in',
    api: route?.api ?? 'unknown',
    method: request.method ?? '',
    url: request.url ?? '',
    status: sent?.status ?? null,
    tookMs: Math.round(performance.now() - began),
    request: body,
    response: sent === undefined ? '' : textOf(sent),
    effects: effects.map(({ kind }) => kind),
  });
}

interface Asked {
  request: IncomingMessage;
  url: URL;
  body: string;
}

interface Outcome {
  answer: Answer | 'cut';
  effects: readonly Effect[];
  route: Route | undefined;
}

async function answerApi(world: World, { request, url, body }: Asked): Promise<Outcome> {
  const route = routes.get(url.pathname);
  const sequence = world.nextSequence();
  const random = world.randomFor(sequence);
  const none = { effects: [], route };
  if (route === undefined) {
    const message = 'Resource not found';
    return { ...none, answer: refusal(random, { status: 404, code: '404.001.01', message }) };
  }
  if (!route.methods.includes(request.method ?? '')) {
    const message = 'Method Not Allowed';
    return { ...none, answer: refusal(random, { status: 405, code: '405.001', message }) };
  }
  const parsed = parseJson(request, body);
  const fields = typeof parsed === 'object' ? parsed : {};
  const effects = world.rules.draw(occasionOf(route, fields));
  const { api, version } = route;
  const headers = headersOf(request);
  const call: Call = {
    ...{ api, version, body: fields, query: url.searchParams, headers },
    ...{ effects, sequence, random, consumerKey: '' },
  };
  const latency = world.settings.latencyMs + (effectOf(effects, 'slow')?.ms ?? 0);
  if (latency > 0) await wait(latency);
  const answer = await answerCall(world, call, { route, parsed });
  return { answer, effects, route };
}

async function answerCall(
  world: World,
  call: Call,
  { route, parsed }: { route: Route; parsed: Parsed },
): Promise<Answer | 'cut'> {
  const disturbed = disturbance(world, call);
  if (disturbed?.isBefore === true) return disturbed.answer();
  const answer = await trueAnswer(world, call, { route, parsed });
  return disturbed === undefined ? answer : disturbed.answer();
}

async function trueAnswer(
  world: World,
  call: Call,
  { route, parsed }: { route: Route; parsed: Parsed },
): Promise<Answer> {
  if (route.api === 'oauth') return route.handler(world, call);
  const known = authenticate(world, call);
  if ('refused' in known) return known.refused;
  if (parsed === 'not-json') return invalidField(call, route.firstField);
  if (parsed === 'broken') {
    const message = 'Bad Request - Invalid payload';
    return refusal(call.random, { status: 400, code: '400.002.05', message });
  }
  return route.handler(world, { ...call, consumerKey: known.consumerKey });
}

type Parsed = Record<string, unknown> | 'not-json' | 'broken';

function parseJson(request: IncomingMessage, body: string): Parsed {
  const type = request.headers['content-type'] ?? '';
  if (body !== '' && !type.includes('json')) return 'not-json';
  if (body === '') return {};
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) ? parsed : 'broken';
  } catch {
    return 'broken';
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Where the fields of the different APIs name the phone, the amount and the shortcode. */
const phoneFields = ['PhoneNumber', 'Msisdn', 'MSISDN', 'PartyB', 'PartyA'];
const shortcodeFields = [
  'BusinessShortCode',
  'ShortCode',
  'PartyA',
  'ReceiverParty',
  'primaryShortCode',
  'shortcode',
];

function occasionOf({ api }: Route, body: Record<string, unknown>) {
  const shillings = wholeShillings(text(body, 'Amount') ?? text(body, 'amount') ?? '');
  const find = (names: readonly string[], pattern: RegExp): string | undefined =>
    names.map((name) => text(body, name)).find((value) => pattern.test(value ?? ''));
  return {
    api,
    msisdn: find(phoneFields, /^254\d{9}$/),
    shortcode: find(shortcodeFields, /^\d{5,7}$/),
    amountCents: shillings === undefined ? undefined : shillings * 100,
  };
}

function headersOf(request: IncomingMessage): Record<string, string | undefined> {
  const entries = Object.entries(request.headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

function send(response: ServerResponse, answer: Answer): void {
  const content = textOf(answer);
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'application/json',
    'content-length': Buffer.byteLength(content),
  });
  response.end(content);
}

function textOf({ body, contentType }: Answer): string {
  return contentType !== undefined && typeof body === 'string' ? body : JSON.stringify(body);
}
