import { openApiDocument } from './openapi-document.ts';
import { allRoutes } from './routes.ts';

/** The text of `api/openapi.json`, before it is laid out. */
export function renderOpenApi(): string {
  return `${JSON.stringify(openApiDocument(allRoutes()), null, 2)}\n`;
}
