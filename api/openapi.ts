/** `node api/openapi.ts --write` writes the committed document; without it, prints it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOpenApi } from './render-openapi.ts';

if (process.argv.includes('--write')) {
  writeFileSync(join(import.meta.dirname, 'openapi.json'), renderOpenApi());
} else {
  process.stdout.write(renderOpenApi());
}
