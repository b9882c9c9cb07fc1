/** What people look at: the built dashboard, and the documentation page that needs no network. */
import express, { type Express, type RequestHandler, type Response } from 'express';
import { securityHeaders } from './security-headers.ts';

export interface PageFolders {
  /** The built dashboard, with `index.html`. */
  dashboard?: string;
  /** The files of swagger-ui-dist. */
  swaggerUi?: string;
  /** The pages of the guide, as they are written. */
  guide?: string;
}

const yearSeconds = 31_536_000;

/** Mounts what is there; paths of the API are left to the API. */
export function mountPages(app: Express, folders: PageFolders, publicUrl: string): void {
  const headers = (kind: 'dashboard' | 'docs') => securityHeaders(kind, publicUrl);
  if (folders.guide !== undefined) mountGuide(app, headers('docs'), folders.guide);
  if (folders.swaggerUi !== undefined) mountDocs(app, headers('docs'), folders.swaggerUi);
  if (folders.dashboard !== undefined) {
    mountDashboard(app, headers('dashboard'), folders.dashboard);
  }
}

const docsPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Daftari API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="alternate" type="application/feed+json" title="Changes" href="/changes.json">
  </head>
  <body>
    <nav aria-label="Guide">
      <a href="/docs/guide/authentication.md">Signing in</a>
      <a href="/docs/guide/pagination.md">Pages and lists</a>
      <a href="/docs/guide/errors.md">Errors</a>
      <a href="/docs/guide/idempotency.md">Repeating a request</a>
      <a href="/docs/guide/invoices.md">Invoices</a>
      <a href="/docs/guide/two-at-once.md">Two changes at once</a>
      <a href="/docs/guide/command-line.md">The command line</a>
      <a href="/changes.json">What changed</a>
    </nav>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const docsStart = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null, persistAuthorization: false });
`;

function mountDocs(app: Express, headers: RequestHandler, folder: string): void {
  app.get('/docs', headers, (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('html').send(docsPage);
  });
  app.get('/docs/start.js', headers, (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('text/javascript').send(docsStart);
  });
  const files = express.static(folder, { index: false, maxAge: '1d', fallthrough: true });
  app.use('/docs', headers, files);
}

/** Browsers show plain text wherever they are; Markdown some of them only save. */
function mountGuide(app: Express, headers: RequestHandler, folder: string): void {
  const setHeaders = (response: Response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.setHeader('Cache-Control', 'no-cache');
  };
  const files = express.static(folder, { index: false, redirect: false, setHeaders });
  app.use('/docs/guide', headers, files);
}

const ofTheApi = /^\/(?:v1|problems|docs|\.well-known|openapi\.json|changes\.json)(?:\/|$)/;

function mountDashboard(app: Express, headers: RequestHandler, folder: string): void {
  const files = express.static(folder, {
    index: false,
    setHeaders: (response, path) => {
      // Vite puts a hash of the content into the names below assets/, so they never change.
      const isHashed = path.includes('/assets/');
      const lasting = `public, max-age=${yearSeconds}, immutable`;
      response.setHeader('Cache-Control', isHashed ? lasting : 'no-cache');
    },
  });
  app.use(unlessApi(headers), unlessApi(files));
  app.get('/{*path}', (request, response, next) => {
    const wantsPage = request.accepts(['application/json', 'text/html']) === 'text/html';
    if (ofTheApi.test(request.path) || !wantsPage) return next();
    response.set('Cache-Control', 'no-cache').sendFile('index.html', { root: folder });
  });
}

function unlessApi(handler: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (ofTheApi.test(request.path)) next();
    else handler(request, response, next);
  };
}
