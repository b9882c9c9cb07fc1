/** Saved views in memory, each for who signed in. */
import type { SavedView } from '../../../api/saved-views/schema.ts';
import { publicId } from './fixture-rows.ts';

const kept = new Map<string, SavedView[]>();
let number = 0;

type Asked = Partial<SavedView>;
type Answer = { status: number; body?: unknown } | { problem: string; status: number };

/** Answers as the API does; `path` begins after `/saved-views`. */
export function answerViews(asked: {
  who: string;
  method: string;
  path: string;
  json: Asked;
}): Answer {
  const { who, method, path, json } = asked;
  const views = kept.get(who) ?? [];
  const put = (next: SavedView[]) =>
    kept.set(
      who,
      next.sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  const alone = (others: SavedView[], isDefault: boolean | undefined) =>
    isDefault === true ? others.map((view) => ({ ...view, isDefault: false })) : others;
  if (path === '') {
    if (method === 'GET') return { status: 200, body: { data: views } };
    const { name = '', isDefault = false, isShared = false } = json;
    const view = json.view ?? { filters: {}, sort: '', columns: [], widths: {} };
    const facts = { id: publicId('viw', (number += 1)), name, isDefault, isShared, view };
    const made = { ...facts, version: `view-${number}` };
    put([...alone(views, isDefault), made]);
    return { status: 200, body: made };
  }
  const found = views.find(({ id }) => path === `/${id}`);
  if (found === undefined) return { status: 404, problem: 'not-found' };
  const others = views.filter((one) => one !== found);
  if (method === 'DELETE') {
    put(others);
    return { status: 204 };
  }
  if (others.some(({ name }) => name === json.name)) {
    return { status: 409, problem: 'view-name-taken' };
  }
  const changed = { ...found, ...json };
  put([...alone(others, json.isDefault), changed]);
  return { status: 200, body: changed };
}
