/** `node api/openapi.ts --write` writes the committed document; without it, prints it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { renderOpenApi } from './render-openapi.ts';

const text = await format(renderOpenApi(), { parser: 'json', printWidth: 100 });
if (process.argv.includes('--write')) {
  writeFileSync(join(import.meta.dirname, 'openapi.json'), text);
} else {
  process.stdout.write(text);
}
