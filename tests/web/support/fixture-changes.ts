/** What people change of rows, in memory. */
import type { RowChange } from '../../../api/row-changes/schema.ts';
import type {
  CategoryChanged,
  LinkedPayments,
  TransactionDetail,
  TransactionHistory,
} from '../../../api/transactions/schema.ts';
import { categoryInSwahili } from '../../../domain/categories/in-swahili.ts';
import { tellReason } from '../../../domain/categories/reason-phrases.ts';
import { cents } from '../../../domain/money.ts';
import { remainder, split } from '../../../domain/statements/parts.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';
import { selectRows, summarise } from './fixture-filter.ts';
import { fixtureNowMs, publicId } from './fixture-rows.ts';

type Former = Pick<
  TransactionDetail,
  'category' | 'categoryReason' | 'categoryReasonSw' | 'confidence' | 'tags' | 'parts'
>;
interface Kept {
  change: RowChange;
  former: Map<TransactionDetail, Former>;
}
interface Asked {
  method: string;
  path: string;
  json: {
    category?: string;
    parts?: { category: string; amountCents: number; note: string | null }[];
    addTags?: string[];
    removeTags?: string[];
    was?: string | null;
    add?: string[];
    remove?: string[];
    note?: string | null;
    expectedCount?: number;
    rows?: { ids?: string[]; filter?: Record<string, string> };
  };
  rows: readonly TransactionDetail[];
}
type Answer = { status: number; body: unknown } | { status: number; problem: string };

/** Changes of more rows than this are under way for a moment. */
const atOnceMax = 300;
const kept: Kept[] = [];
const refused = (status: number, problem: string): Answer => ({ status, problem });

/** Answers as the API does; `path` is the whole one, `/row-changes…` or `…/category`. */
export function answerChanges(asked: Asked): Answer {
  const { method, path } = asked;
  const [, stem, id = '', deed] = path.split('/');
  if (deed === 'marks') return markOne(asked, id);
  if (deed === 'split') return splitOne(asked, id);
  if (deed === 'join') return joinOne(asked, id);
  if (deed === 'payments') return { status: 200, body: provedBy(id) };
  if (stem === 'transactions') return method === 'GET' ? historyOf(asked, id) : putOne(asked, id);
  if (id === '') return method === 'GET' ? listed() : putMany(asked);
  const found = kept.find(({ change }) => change.id === id);
  if (found === undefined) return refused(404, 'not-found');
  if (deed === 'undo') return takeBack(found);
  const { change } = found;
  if (change.status === 'applying') {
    Object.assign(change, { status: 'done', changedCount: change.rowCount });
  }
  return { status: 200, body: change };
}

function listed(): Answer {
  const data = kept.map(({ change }) => change).reverse();
  return { status: 200, body: { data, nextCursor: null, hasMore: false } };
}

/** Where it came from, and what was done to it; newest first. */
function historyOf({ rows }: Asked, id: string): Answer {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) return refused(404, 'not-found');
  const who = { actor: 'user:demo', actorName: 'Njeri Wambui' };
  const deeds = kept.flatMap(({ change, former }): TransactionHistory['data'] => {
    const before = former.get(row);
    if (before === undefined) return [];
    const { id: changeId, kind, category, at, status } = change;
    if (kind === 'tags') return [];
    const said = { changeId, at, ...who };
    const made = { kind: 'categorised' as const, ...said, category, was: before.category };
    if (status !== 'undone') return [made];
    return [made, { kind: 'taken-back', ...said, category: before.category, was: category }];
  });
  const paper = row.sources.map((place) => ({
    ...{ kind: 'posted' as const, statementId: place.id, fileName: place.fileName },
    at: row.occurredAt,
  }));
  const body: TransactionHistory = { data: [...deeds.reverse(), ...paper] };
  return { status: 200, body };
}

/** The first row is the money of a request that came by a link, the third that of a payout. */
function provedBy(id: string): LinkedPayments {
  const paid = { status: 'paid', amountCents: cents(150_000), currency: 'KES' } as const;
  const asked = [
    { ...paid, kind: 'collection', id: publicId('col', 1), title: 'INV-10442' },
    { ...paid, kind: 'paymentLink', id: publicId('plk', 1), title: 'School fees' },
  ] as const;
  const paidOut = [
    { ...paid, kind: 'disbursement', id: publicId('dis', 1), title: '2547******78' },
  ] as const;
  const all = { [publicId('txn', 1)]: asked, [publicId('txn', 3)]: paidOut };
  return { data: [...(all[id] ?? [])] };
}

interface Deed {
  category?: string | undefined;
  addTags?: string[] | undefined;
  removeTags?: string[] | undefined;
}

function put(deed: Deed, rows: readonly TransactionDetail[]): RowChange {
  const { category = null, addTags = [], removeTags = [] } = deed;
  const categoryReason = tellReason('by-hand');
  const categoryReasonSw = categoryInSwahili(categoryReason);
  const former = new Map(rows.map((row) => [row, { ...row }] as const));
  const { count, inCents, outCents } = summarise(rows);
  for (const row of rows) {
    const had = row.tags.filter((tag) => !removeTags.includes(tag) && !addTags.includes(tag));
    Object.assign(row, { tags: [...had, ...addTags].sort() });
    if (category !== null)
      Object.assign(row, { category, categoryReason, categoryReasonSw, confidence: 'certain' });
  }
  const isLong = count > atOnceMax;
  const change: RowChange = {
    ...{ id: publicId('rch', kept.length + 1), kind: category === null ? 'tags' : 'category' },
    ...{ category, tagsAdded: addTags, tagsRemoved: removeTags, rowCount: count },
    ...{ status: isLong ? 'applying' : 'done', changedCount: isLong ? 0 : count },
    ...{ inCents, outCents, currency: 'KES', actor: 'user:demo', actorName: 'Njeri Wambui' },
    ...{ at: instantFromEpochMs(fixtureNowMs), undoneBy: null, undoneByName: null, undoneAt: null },
  };
  kept.push({ change, former });
  return change;
}

function putOne({ json, rows }: Asked, id: string): Answer {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) return refused(404, 'not-found');
  if (row.category !== json.was) return refused(409, 'row-changed-meanwhile');
  const changeId = put({ category: json.category }, [row]).id;
  const body: CategoryChanged = { changeId, transaction: row };
  return { status: 200, body };
}

/** Parts that are not the whole are refused, as they are by the API. */
function splitOne({ json, rows }: Asked, id: string): Answer {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) return refused(404, 'not-found');
  const parts = (json.parts ?? []).map((part) => ({
    ...part,
    amountCents: cents(part.amountCents),
  }));
  if (remainder(row.amountCents, parts) !== 0) return refused(422, 'parts-do-not-add-up');
  const change = put({ category: split }, [row]);
  Object.assign(change, { kind: 'split' });
  Object.assign(row, { parts });
  const body: CategoryChanged = { changeId: change.id, transaction: { ...row } };
  return { status: 200, body };
}

function joinOne({ rows }: Asked, id: string): Answer {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) return refused(404, 'not-found');
  for (const one of kept.toReversed()) {
    if (one.change.kind === 'split' && one.former.has(row)) takeBack(one);
  }
  return { status: 200, body: { ...row } };
}

/** Tags go on and off; the note is what was written last. */
function markOne({ json, rows }: Asked, id: string): Answer {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) return refused(404, 'not-found');
  const { add = [], remove = [], note = row.note } = json;
  const kept = row.tags.filter((tag) => !remove.includes(tag));
  Object.assign(row, { tags: [...new Set([...kept, ...add])].sort(), note });
  return { status: 200, body: { ...row } };
}

function putMany({ json, rows }: Asked): Answer {
  const { ids, filter } = json.rows ?? {};
  const chosen =
    ids === undefined
      ? selectRows(rows, new URLSearchParams(filter))
      : rows.filter(({ id }) => ids.includes(id));
  if (chosen.length !== json.expectedCount) return refused(409, 'selection-changed');
  const change = put(json, chosen);
  return { status: change.status === 'done' ? 200 : 202, body: { ...change } };
}

function takeBack({ change, former }: Kept): Answer {
  if (change.status !== 'done') return refused(409, 'cannot-take-back');
  for (const [row, before] of former) Object.assign(row, before);
  Object.assign(change, { status: 'undone', changedCount: 0, undoneBy: 'user:demo' });
  return { status: 200, body: change };
}
