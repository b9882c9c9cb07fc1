import type { Migration } from './migration.ts';

/** Where in its life a flag is, and when code last asked about it. */
export const flagPhases: Migration = {
  name: '0106_flag_phases',
  up: `
alter table platform.flags
  add column phase text not null default 'active' check (phase in ('draft', 'active', 'archived'));

create function platform.guard_flag_phase() returns trigger language plpgsql as $$
begin
  raise exception 'the flag % is no draft any more', old.key using errcode = '23514';
end $$;
create trigger guard_phase before update on platform.flags for each row
  when (new.phase = 'draft' and old.phase <> 'draft')
  execute function platform.guard_flag_phase();

-- To the hour: whoever evaluates a flag again and again writes once.
create table platform.flag_uses (
  key text not null,
  environment text not null,
  evaluated_at timestamptz(3) not null,
  primary key (key, environment),
  foreign key (key, environment) references platform.flags
);
grant select, insert, update on platform.flag_uses to daftari_app;
grant select on platform.flag_uses to daftari_ops;
`,
  down: `
drop table platform.flag_uses;
drop trigger guard_phase on platform.flags;
drop function platform.guard_flag_phase();
alter table platform.flags drop column phase;
`,
};
