/** Small readers for loosely shaped bodies. */

export type NamedItems = ReadonlyMap<string, string | number>;

/** The value as an object with fields; undefined for anything else, lists included. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Readonly<Record<string, unknown>>) : undefined;
}

const textMax = 1_000;

/** Text, or a number written out; undefined for anything else and for texts that make no sense. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || value.length > textMax || !value.isWellFormed()) {
    return undefined;
  }
  return value.includes('\0') ? undefined : value;
}

/**
 * `[{Name, Value}, …]`, or one such object, by name. Items without a value are left out. A name that
 * comes twice makes the whole list `repeated`, unless it is one of those known to.
 */
export function namedItems(
  list: unknown,
  nameField: 'Name' | 'Key',
  mayRepeat: readonly string[] = [],
): NamedItems | 'repeated' {
  const items = new Map<string, string | number>();
  const seen = new Set<string>();
  for (const entry of Array.isArray(list) ? list : [list]) {
    const item = recordOf(entry);
    const name = textOf(item?.[nameField]);
    if (item === undefined || name === undefined) continue;
    if (seen.has(name) && !mayRepeat.includes(name)) return 'repeated';
    const key = seen.has(name) ? `${name} (2)` : name;
    seen.add(key);
    const given = item['Value'];
    if (typeof given === 'string' || typeof given === 'number') items.set(key, given);
  }
  return items;
}

/** A field whatever the case of its name: standing orders answer in two spellings. */
export function fieldOf(record: Readonly<Record<string, unknown>> | undefined, name: string) {
  const wanted = name.toLowerCase();
  const found = Object.keys(record ?? {}).find((key) => key.toLowerCase() === wanted);
  return found === undefined ? undefined : record?.[found];
}
