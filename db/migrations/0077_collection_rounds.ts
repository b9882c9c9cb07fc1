import type { Migration } from './migration.ts';

/** Failed rows of a batch of collections can be tried again; each time is a round with its own run. */
export const collectionRounds: Migration = {
  name: '0077_collection_rounds',
  up: `
alter table shared.collection_batches
  add column round integer not null default 0 check (round >= 0);
`,
  down: `
alter table shared.collection_batches drop column round;
`,
};
