/** Headers that keep browsers strict: nothing is loaded from elsewhere, nothing runs inline. */
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';

const self = ["'self'"];
const none = ["'none'"];

const everywhere = {
  defaultSrc: none,
  baseUri: none,
  formAction: self,
  frameAncestors: none,
  objectSrc: none,
};

/** For answers that are data: a browser that shows one may do nothing with it. */
const forData = { ...everywhere, formAction: none };

const pages = {
  ...everywhere,
  scriptSrc: self,
  styleSrc: self,
  imgSrc: [...self, 'data:', 'blob:'],
  fontSrc: [...self, 'data:'],
  connectSrc: self,
  manifestSrc: self,
  workerSrc: self,
};

/**
 * Text never becomes markup or code there (Trusted Types). `vue` is the policy of Vue itself;
 * `default` is made by `web/src/trusted-types.ts` and lets nothing but emptiness through.
 */
const forDashboard = {
  ...pages,
  requireTrustedTypesFor: ["'script'"],
  trustedTypes: ['vue', 'default'],
};

/** For the documentation page, whose reader writes style elements and markup. */
const forDocs = { ...pages, styleSrc: [...self, "'unsafe-inline'"] };

const policies = { data: forData, dashboard: forDashboard, docs: forDocs };

/** The headers of one kind of answer; HSTS is only sent where the public address is https. */
export function securityHeaders(kind: keyof typeof policies, publicUrl: string): RequestHandler {
  const headers = headersFor(kind, publicUrl);
  return (_request, response, next) => {
    response.setHeaders(headers);
    next();
  };
}

/** By name; they are the same for every answer of a kind, so they are made once. */
export function headersFor(kind: keyof typeof policies, publicUrl: string): Map<string, string> {
  const headers = new Map<string, string>();
  const recorder = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: () => {},
  };
  helmetOf(kind, publicUrl)({} as IncomingMessage, recorder as unknown as ServerResponse, () => {});
  return headers;
}

function helmetOf(kind: keyof typeof policies, publicUrl: string) {
  const directives = policies[kind];
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: publicUrl.startsWith('https:')
      ? { maxAge: 63_072_000, includeSubDomains: true }
      : false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
}
