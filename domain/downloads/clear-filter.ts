/** What of a filter may stand in the audit log, which keeps its facts in clear for years. */

export type ClearFilter = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What people type: it may be somebody's name, number or payment. */
const typed: ReadonlySet<string> = new Set([
  'q',
  'msisdn',
  'name',
  'reference',
  'receipt',
  'sourceId',
  'tag',
]);
/** How it is given out, which is told beside the filter. */
const manner: ReadonlySet<string> = new Set(['format', 'sort']);

/** Codes, days, amounts and ids as they are; of what was typed, that it was: `{ q: true }`. */
export function clearFilter(asked: Readonly<Record<string, unknown>>): ClearFilter {
  const clear = Object.entries(asked).flatMap(([field, value]): [string, ClearFilter[string]][] => {
    if (value === undefined || manner.has(field)) return [];
    if (typed.has(field)) return [[field, true]];
    return isClear(value) ? [[field, value]] : [];
  });
  return Object.fromEntries(clear);
}

function isClear(value: unknown): value is ClearFilter[string] {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string');
  return ['string', 'number', 'boolean'].includes(typeof value);
}
