/**
 * `npm run api:compare [-- REF]`: names what the API's document as it is now breaks for clients of an
 * earlier one: that of a commit (`HEAD` when none is said) or of a file. Ends with 1 when it breaks
 * something.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { breakingChanges, readApiDocument } from '../api/breaking-changes.ts';
import { renderOpenApi } from '../api/render-openapi.ts';

const earlier = process.argv[2] ?? 'HEAD';
const text = existsSync(earlier)
  ? readFileSync(earlier, 'utf8')
  : execFileSync('git', ['show', `${earlier}:api/openapi.json`], {
      ...{ encoding: 'utf8', maxBuffer: 1 << 26 },
    });
const found = breakingChanges(readApiDocument(text), readApiDocument(renderOpenApi()));
process.stdout.write(
  found.length === 0 ? `nothing breaks since ${earlier}\n` : `${found.join('\n')}\n`,
);
process.exitCode = found.length === 0 ? 0 : 1;
