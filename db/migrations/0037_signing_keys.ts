import type { Migration } from './migration.ts';

/** Keys that sign access tokens, rotated while everything runs: next, active, retiring, retired. */
export const signingKeys: Migration = {
  name: '0037_signing_keys',
  up: `
create table platform.signing_keys (
  kid text primary key check (length(kid) between 20 and 64),
  public_pem text not null,
  private_sealed text check (private_sealed like 'dft1.%'),
  state text not null check (state in ('next', 'active', 'retiring', 'retired')),
  created_at timestamptz(3) not null default now(),
  active_at timestamptz(3),
  retiring_at timestamptz(3),
  retired_at timestamptz(3),
  -- The private half is destroyed with the last use of the key.
  check ((state in ('next', 'active')) = (private_sealed is not null))
);
create unique index signing_keys_active on platform.signing_keys (state) where state = 'active';
create unique index signing_keys_next on platform.signing_keys (state) where state = 'next';
grant select, insert, update on platform.signing_keys to daftari_ops;
`,
  down: `
drop table platform.signing_keys;
`,
};
