/** `fields=id,status` on lists: rows of the answer with those fields and no others. */
import { z } from 'zod';
import { problem, type Problem } from './problems.ts';
import type { Method, ResponseSpecs } from './route.ts';

/** The fields a row of a route's pages has; undefined when it answers no pages, or files as well. */
export function rowFieldsOf({
  method,
  responses,
}: {
  method: Method;
  responses: ResponseSpecs;
}): ReadonlySet<string> | undefined {
  const { schema: page, media } = responses[200] ?? {};
  if (method !== 'get' || media !== undefined) return undefined;
  if (!(page instanceof z.ZodObject) || !('nextCursor' in page.shape)) return undefined;
  const { data } = page.shape;
  if (!(data instanceof z.ZodArray) || !(data.element instanceof z.ZodObject)) return undefined;
  return new Set(Object.keys(data.element.shape).filter((name) => name !== 'expanded'));
}

/** The fields that are asked for; undefined when all of them are. */
export function wantedFields(
  text: string | undefined,
  known: ReadonlySet<string>,
): readonly string[] | Problem | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return names;
  const detail = `has a name that rows do not have; they have ${[...known].join(', ')}`;
  return problem('validation-failed', { errors: [{ in: 'query', pointer: '/fields', detail }] });
}

/** The page with rows of these fields only, in the order rows have them. */
export function onlyFields(page: unknown, fields: readonly string[]): unknown {
  const { data, ...rest } = pageShape.parse(page);
  const kept = new Set(fields);
  const rows = data.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => kept.has(name))),
  );
  return { data: rows, ...rest };
}

const pageShape = z.looseObject({ data: z.array(z.record(z.string(), z.unknown())) });
