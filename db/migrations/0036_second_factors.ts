import type { Migration } from './migration.ts';

/** Second factors, the challenges they answer, and sign-ins at other identity providers. */
export const secondFactors: Migration = {
  name: '0036_second_factors',
  up: `
create table platform.totp_seeds (
  user_id uuid primary key references platform.users,
  seed_sealed text not null check (seed_sealed like 'dft1.%'),
  created_at timestamptz(3) not null default now(),
  confirmed_at timestamptz(3),
  -- The last step a code was accepted for: none is accepted twice, and none before it.
  last_step bigint not null default 0
);
grant select, insert, update, delete on platform.totp_seeds to daftari_ops;

create table platform.recovery_codes (
  user_id uuid not null references platform.users,
  code_hash bytea not null check (length(code_hash) = 32),
  created_at timestamptz(3) not null default now(),
  used_at timestamptz(3),
  primary key (user_id, code_hash)
);
grant select, insert, update, delete on platform.recovery_codes to daftari_ops;

create table platform.passkeys (
  id uuid primary key,
  user_id uuid not null references platform.users,
  credential_id text not null unique check (length(credential_id) between 1 and 1400),
  public_key bytea not null,
  counter bigint not null default 0 check (counter >= 0),
  transports text[] not null default '{}',
  name text not null check (length(name) between 1 and 60),
  is_backed_up boolean not null,
  created_at timestamptz(3) not null default now(),
  used_at timestamptz(3)
);
create index passkeys_user on platform.passkeys (user_id, created_at);
grant select, insert, update, delete on platform.passkeys to daftari_ops;

create table platform.challenges (
  id uuid primary key,
  kind text not null check (kind in
    ('second-factor', 'passkey-enrol', 'passkey-sign-in', 'passkey-step-up', 'oidc')),
  user_id uuid references platform.users,
  session_id uuid,
  secret_sealed text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3)
);
create index challenges_age on platform.challenges (created_at);
grant select, insert, update, delete on platform.challenges to daftari_ops;

create table platform.identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references platform.users,
  created_at timestamptz(3) not null default now(),
  used_at timestamptz(3),
  primary key (issuer, subject)
);
create index identities_user on platform.identities (user_id);
grant select, insert, update, delete on platform.identities to daftari_ops;
`,
  down: `
drop table platform.identities, platform.challenges, platform.passkeys, platform.recovery_codes,
  platform.totp_seeds;
`,
};
