/**
 * `expand=statement,account` on what is read: beside each row what it names, as its own address
 * would give it. One query for each noun and page, with the permission of that address.
 */
import { z } from 'zod';
import type { TenantHandle } from '../db/database.ts';
import { parsePublicId, type Id, type IdKind } from '../domain/ids.ts';
import { mayDo } from './auth/principal.ts';
import type { Permission } from './auth/permissions.ts';
import { readOwn } from './own-data.ts';
import { problem, type Problem } from './problems.ts';
import type { Call, Reply } from './route.ts';

/** How what a row names is found and shown. */
export interface Expansion {
  /** What reading it by itself asks for. */
  auth: Permission;
  /** Where its public id stands in a row. */
  at: readonly [string, ...string[]];
  /** All of these at once, by public id; of what is not there, nothing. */
  load(call: Call, publicIds: readonly string[]): Promise<ReadonlyMap<string, object>>;
}

export type Expansions = Readonly<Record<string, Expansion>>;

interface ExpansionOf<Kind extends IdKind> extends Pick<Expansion, 'auth' | 'at'> {
  kind: Kind;
  read(t: TenantHandle, ids: readonly Id<Kind>[], call: Call): Promise<readonly { id: string }[]>;
}

/** An expansion that reads within the business of whoever asks. */
export function expansion<Kind extends IdKind>(of: ExpansionOf<Kind>): Expansion {
  return {
    ...{ auth: of.auth, at: of.at },
    async load(call, publicIds) {
      const ids = publicIds.flatMap((text) => parsePublicId(of.kind, text) ?? []);
      if (ids.length === 0) return new Map();
      const shown = await readOwn(call, (t) => of.read(t, ids, call));
      return new Map(shown.map((one) => [one.id, one]));
    },
  };
}

/** The names that are asked for. */
export function wantedNouns(
  text: string | undefined,
  known: Expansions,
): readonly string[] | Problem {
  if (text === undefined) return [];
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  if (names.every((name) => Object.hasOwn(known, name))) return names;
  const detail = `has a name that cannot be expanded here; there are ${Object.keys(known).join(', ')}`;
  return problem('validation-failed', { errors: [{ in: 'query', pointer: '/expand', detail }] });
}

/** A refusal for whoever may not read one of these by itself. */
export function refuseExpansion(
  { principal }: Call,
  names: readonly string[],
  known: Expansions,
): Problem | undefined {
  const isFree = names.every((name) => {
    const found = known[name];
    return found !== undefined && mayDo(principal, found.auth);
  });
  return isFree ? undefined : problem('forbidden');
}

/** The answer with what its rows name; it has no ETag, which would not tell of changes of those. */
export async function withExpanded(
  call: Call,
  { body, headers, ...answer }: Reply,
  { names, known }: { names: readonly string[]; known: Expansions },
): Promise<Reply> {
  const rows = rowsIn(body);
  const found = new Map<string, (row: object) => object | null>();
  for (const name of names) {
    const noun = known[name];
    if (noun !== undefined) found.set(name, await finderOf(call, rows, noun));
  }
  const expand = (row: object) => ({
    ...row,
    expanded: Object.fromEntries([...found].map(([name, of]) => [name, of(row)])),
  });
  const { ETag: _tag, ...others } = headers ?? {};
  const page = pageShape.safeParse(body);
  const full = page.success
    ? { ...page.data, data: page.data.data.map(expand) }
    : expand(rows[0] ?? {});
  return { ...answer, body: full, headers: others };
}

async function finderOf(call: Call, rows: readonly object[], { at, load }: Expansion) {
  const ids = new Set(rows.map((row) => idAt(row, at)).filter((id) => id !== null));
  const byId = await load(call, [...ids]);
  return (row: object) => byId.get(idAt(row, at) ?? '') ?? null;
}

function idAt(row: object, at: readonly string[]): string | null {
  let value: unknown = row;
  for (const name of at) {
    if (typeof value !== 'object' || value === null) return null;
    value = new Map<string, unknown>(Object.entries(value)).get(name);
  }
  return typeof value === 'string' ? value : null;
}

const pageShape = z.looseObject({ data: z.array(z.looseObject({})) });

function rowsIn(body: unknown): readonly object[] {
  const page = pageShape.safeParse(body);
  if (page.success) return page.data.data;
  return typeof body === 'object' && body !== null ? [body] : [];
}
