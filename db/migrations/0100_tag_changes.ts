import type { Migration } from './migration.ts';

/**
 * Tags of many rows at once. The words stand at the change alone; its rows say which of them they
 * follow and which they did not have before, so that somebody who is forgotten is taken out in one
 * place.
 */
export const tagChanges: Migration = {
  name: '0100_tag_changes',
  up: `
alter table shared.row_changes
  add column tags_added text[] not null default '{}',
  add column tags_removed text[] not null default '{}',
  drop constraint row_changes_kind_check,
  add constraint row_changes_kind_check check (kind in ('category', 'tags')),
  add constraint row_changes_tags_check check (
    (kind = 'tags') = (cardinality(tags_added) + cardinality(tags_removed) > 0)
    and cardinality(tags_added) <= 20 and cardinality(tags_removed) <= 20);

-- Places in the tags of the change, those put on first, counted from 1: which of them stand on the
-- row because of it, and which of these the row said otherwise before.
alter table shared.row_change_rows
  add column tags_standing integer[],
  add column tags_altered integer[];
`,
  down: `
alter table shared.row_change_rows drop column tags_standing, drop column tags_altered;
alter table shared.row_changes
  drop column tags_added,
  drop column tags_removed,
  drop constraint row_changes_kind_check,
  add constraint row_changes_kind_check check (kind in ('category'));
`,
};
