import type { Migration } from './migration.ts';

/** Monitors that pause and say who is told, and accounts that are closed only when they are empty. */
export const accountClosing: Migration = {
  name: '0070_account_closing',
  up: `
alter table shared.ledger_monitors
  add column paused_at timestamptz(3),
  add column tells text[] not null default '{owner,finance}' check (cardinality(tells) > 0);

-- Whatever the program does, a row is not closed while it holds or promises money.
create function platform.guard_account_closing() returns trigger
language plpgsql as $$
begin
  if new.closed_at is not null and old.closed_at is null
      and (new.balance_cents <> 0 or new.reserved_cents <> 0) then
    raise exception 'account % is not empty', new.id using errcode = '23514';
  end if;
  return new;
end $$;
create trigger closing before update of closed_at on shared.ledger_accounts
  for each row execute function platform.guard_account_closing();
`,
  down: `
drop trigger closing on shared.ledger_accounts;
drop function platform.guard_account_closing();
alter table shared.ledger_monitors drop column paused_at, drop column tells;
`,
};
