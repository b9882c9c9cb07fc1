/** The API about itself: its document, its errors, and what the sign-in screen may offer. */
import type { Response } from 'express';
import { z } from 'zod';
import { catalogue, isProblemCode, problem, type ProblemCode } from '../problems.ts';
import { route, type Route, type Streamed } from '../route.ts';
import { changesFeed } from './changes.ts';
import { environment, problemCatalogue, problemEntry } from './schema.ts';

const publicFor5Minutes = { 'Cache-Control': 'public, max-age=300' };

/** The routes; `describe` gives the OpenAPI document, which contains these routes too. */
export function metaRoutes(describe: () => object): Route[] {
  return [documentRoute(describe), changesRoute, catalogueRoute, problemRoute, environmentRoute];
}

function documentRoute(describe: () => object): Route {
  let text: string | undefined;
  return route({
    method: 'get',
    path: '/openapi.json',
    tag: 'About',
    summary: 'This document',
    auth: 'public',
    request: {},
    responses: { 200: { description: 'OpenAPI 3.1', media: ['application/json'] } },
    problems: [],
    handler: async () => {
      text ??= JSON.stringify(describe());
      return { status: 200, body: bytes('application/json', text), headers: publicFor5Minutes };
    },
  });
}

const changesRoute = route({
  method: 'get',
  path: '/changes.json',
  tag: 'About',
  summary: 'What changed in the API, newest first, as a JSON Feed',
  auth: 'public',
  request: {},
  responses: { 200: { description: 'JSON Feed 1.1', media: ['application/feed+json'] } },
  problems: [],
  handler: async (_input, { publicUrl }) => {
    const text = JSON.stringify(changesFeed(publicUrl));
    return {
      status: 200,
      body: bytes('application/feed+json; charset=utf-8', text),
      headers: publicFor5Minutes,
    };
  },
});

function bytes(mediaType: string, text: string): Streamed {
  const write = async (response: Response) => void response.end(text);
  return { mediaType, write };
}

function entryOf(code: ProblemCode) {
  return { code, ...catalogue[code] };
}

const catalogueRoute = route({
  method: 'get',
  path: '/problems',
  tag: 'About',
  summary: 'Every problem the API can answer, with cause and fix',
  auth: 'public',
  request: {},
  responses: { 200: { description: 'The error catalogue', schema: problemCatalogue } },
  problems: [],
  handler: async () => ({
    status: 200,
    body: { data: Object.keys(catalogue).filter(isProblemCode).map(entryOf) },
    headers: publicFor5Minutes,
  }),
});

const problemRoute = route({
  method: 'get',
  path: '/problems/{code}',
  tag: 'About',
  summary: 'The problem behind the `type` of an answer',
  auth: 'public',
  request: { params: z.strictObject({ code: z.string().max(64) }) },
  responses: {
    200: { description: 'Cause and fix', schema: problemEntry, media: ['text/html'] },
  },
  problems: ['not-found'],
  handler: async ({ params }, { request }) => {
    if (!isProblemCode(params.code)) return problem('not-found');
    const entry = entryOf(params.code);
    const wantsPage = request.accepts(['application/json', 'text/html']) === 'text/html';
    const body = wantsPage ? bytes('text/html; charset=utf-8', pageOf(entry)) : entry;
    return { status: 200, body, headers: { ...publicFor5Minutes, Vary: 'Accept' } };
  },
});

/** The catalogue holds only our own words, so nothing in the page needs escaping. */
function pageOf(entry: z.input<typeof problemEntry>): string {
  const body = `<h1>${entry.title}</h1><p>${entry.status} <code>${entry.code}</code></p><h2>Cause</h2><p>${entry.cause}</p><h2>What to do</h2><p>${entry.fix}</p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${entry.title}</title>${body}</html>`;
}

const demoLogin = { email: 'demo@daftari.test', password: 'karibu-daftari-2026' };

const environmentRoute = route({
  method: 'get',
  path: '/v1/environment',
  tag: 'About',
  summary: 'What the sign-in screen may show',
  description: 'The demo login is null unless this installation was started to be tried out.',
  auth: 'public',
  request: {},
  responses: { 200: { description: 'Facts about this installation', schema: environment } },
  problems: [],
  handler: async (_input, { dependencies: { config, oidc } }) => ({
    status: 200,
    body: {
      profile: config.profile,
      demoLogin: config.demoLogin ? demoLogin : null,
      identityProviders: [...oidc.providers],
    },
  }),
});
