/**
 * Clients learn of what is new from `/changes.json`: an operation that no change names, and that was
 * not there in the first version, is one nobody is told of.
 */
import { readFileSync } from 'node:fs';
import { apiChanges } from '../api/meta/changes.ts';

function read<Content>(path: string): Content {
  return JSON.parse(readFileSync(path, 'utf8')) as Content;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const { paths } = read<{ paths: Record<string, Record<string, unknown>> }>('api/openapi.json');
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.keys(item)
    .filter((name) => methods.includes(name))
    .map((method) => `${method.toUpperCase()} ${path}`),
);
const first = read<string[]>('tests/fixtures/first-operations.json');
const added = apiChanges.flatMap(({ adds }): readonly string[] => adds);

/** What to do about operations nobody is told of; empty when there are none. */
function untold(all: readonly string[]): string[] {
  const known = new Set([...first, ...added]);
  return all
    .filter((operation) => !known.has(operation))
    .map((operation) => `${operation} is new: name it in \`adds\` of api/meta/changes.ts`);
}

describe('the feed of changes', () => {
  test('names every operation that came after the first version', () => {
    expect(operations.length).toBeGreaterThan(200);
    expect(untold(operations)).toEqual([]);
  });

  test('a new operation without an entry fails with what to do', () => {
    expect(untold([...operations, 'POST /v1/novelties'])).toEqual([
      'POST /v1/novelties is new: name it in `adds` of api/meta/changes.ts',
    ]);
  });

  test('names nothing that is not there, nothing twice, and nothing of the first version', () => {
    expect(added.filter((operation) => !operations.includes(operation))).toEqual([]);
    expect(new Set(added).size).toBe(added.length);
    expect(added.filter((operation) => first.includes(operation))).toEqual([]);
  });
});
