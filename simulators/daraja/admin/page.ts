/** The page for people, as three files that come from nowhere else. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Action } from './admin.ts';

const folder = join(import.meta.dirname, '..', 'page');

function file(name: string, contentType: string): Action {
  return async () => ({ text: await readFile(join(folder, name), 'utf8'), contentType });
}

export const pageFiles: Readonly<Record<string, Action>> = {
  'GET /': file('index.html', 'text/html; charset=utf-8'),
  'GET /twin/page/page.css': file('page.css', 'text/css; charset=utf-8'),
  'GET /twin/page/page.js': file('page.js', 'text/javascript; charset=utf-8'),
};
