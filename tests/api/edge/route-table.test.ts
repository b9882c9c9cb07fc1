import fc from 'fast-check';
import { routeTable } from '../../../api/edge/route-table.ts';
import type { Method } from '../../../api/route.ts';

const entry = (method: Method, path: string) => [{ method, path }, `${method} ${path}`] as const;

const table = routeTable([
  entry('get', '/v1/things'),
  entry('post', '/v1/things'),
  entry('get', '/v1/things/{id}'),
  entry('get', '/v1/things/summary'),
  entry('post', '/v1/things/{id}/undo'),
  entry('get', '/v1/things/{name}/parts/{part}'),
]);

test('fixed paths win over parameters, and HEAD is asked like GET', () => {
  expect(table.find('GET', '/v1/things/summary')?.value).toBe('get /v1/things/summary');
  expect(table.find('HEAD', '/v1/things')?.value).toBe('get /v1/things');
});

test('parameters are named by their own route and decoded', () => {
  expect(table.find('POST', '/v1/things/a%20b/undo')).toEqual({
    value: 'post /v1/things/{id}/undo',
    params: { id: 'a b' },
  });
  expect(table.find('GET', '/v1/things/x/parts/y')?.params).toEqual({ name: 'x', part: 'y' });
});

test.each([
  ['PUT', '/v1/things'],
  ['GET', '/v1/things/'],
  ['GET', '/v1//undo'],
  ['GET', '/v1/things/%E0%A4%A'],
  ['GET', '/v1/things/a/b'],
  ['GET', ''],
])('%s %s is left to the application', (method, path) => {
  expect(table.find(method, path)).toBeUndefined();
});

test('any text in the place of a parameter comes out as it went in', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
      fc.pre(text !== 'summary');
      const found = table.find('GET', `/v1/things/${encodeURIComponent(text)}`);
      expect(found?.params['id']).toBe(text);
    }),
  );
});
