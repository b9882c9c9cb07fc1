import type { Migration } from './migration.ts';

/** Every process hears of a change to the signing keys the way it hears of a revocation. */
export const signingKeyNews: Migration = {
  name: '0055_signing_key_news',
  up: `
alter table platform.revocations drop constraint revocations_kind_check;
alter table platform.revocations add constraint revocations_kind_check
  check (kind in ('session', 'user', 'member', 'tenant', 'key', 'signing-key'));

create function platform.note_signing_key_change() returns trigger
language plpgsql as $$
begin
  insert into platform.revocations (kind, subject_id) values ('signing-key', gen_random_uuid());
  return null;
end $$;
grant execute on function platform.note_signing_key_change() to daftari_ops;
create trigger note_change after insert or update on platform.signing_keys
  for each statement execute function platform.note_signing_key_change();
`,
  down: `
drop trigger note_change on platform.signing_keys;
drop function platform.note_signing_key_change();
delete from platform.revocations where kind = 'signing-key';
alter table platform.revocations drop constraint revocations_kind_check;
alter table platform.revocations add constraint revocations_kind_check
  check (kind in ('session', 'user', 'member', 'tenant', 'key'));
`,
};
