/** Headers that keep browsers strict: nothing is loaded from elsewhere, nothing runs inline. */
import type { RequestHandler } from 'express';
import helmet from 'helmet';

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

/** For the dashboard. The component library writes its colours into a style element. */
const forDashboard = {
  ...everywhere,
  scriptSrc: self,
  styleSrc: [...self, "'unsafe-inline'"],
  imgSrc: [...self, 'data:', 'blob:'],
  fontSrc: [...self, 'data:'],
  connectSrc: self,
  manifestSrc: self,
  workerSrc: self,
};

/** The headers of one kind of answer; HSTS is only sent where the public address is https. */
export function securityHeaders(kind: 'data' | 'dashboard', publicUrl: string): RequestHandler {
  const directives = kind === 'data' ? forData : forDashboard;
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
