import type { Migration } from './migration.ts';

/** A payout nobody knows about is closed by two people, whose word is evidence like any other. */
export const payoutClosings: Migration = {
  name: '0072_payout_closings',
  up: `
alter table shared.payout_evidence drop constraint payout_evidence_source_check;
alter table shared.payout_evidence add constraint payout_evidence_source_check
  check (source in ('answer', 'result', 'timeout', 'status', 'person'));

create table shared.payout_closings (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  disbursement_id uuid not null,
  outcome text not null check (outcome in ('paid', 'not-paid')),
  receipt text check (receipt ~ '^[A-Z0-9]{8,12}$'),
  reason text not null check (length(reason) between 3 and 500),
  status text not null default 'waiting' check (status in ('waiting', 'agreed', 'rejected')),
  requested_by text not null check (requested_by <> ''),
  requested_at timestamptz(3) not null default now(),
  decided_by text check (decided_by <> requested_by),
  decided_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, disbursement_id) references shared.disbursements,
  check ((outcome = 'paid') = (receipt is not null)),
  check ((status = 'waiting') = (decided_by is null)),
  check ((status = 'waiting') = (decided_at is null))
);
create unique index payout_closings_waiting on shared.payout_closings (tenant_id, disbursement_id)
  where status = 'waiting';
create index payout_closings_payout
  on shared.payout_closings (tenant_id, disbursement_id, requested_at desc);
call platform.isolate('shared.payout_closings', 'select, insert, update');
`,
  down: `
drop table shared.payout_closings;
alter table shared.payout_evidence drop constraint payout_evidence_source_check;
alter table shared.payout_evidence add constraint payout_evidence_source_check
  check (source in ('answer', 'result', 'timeout', 'status'));
`,
};
