import type { Migration } from './migration.ts';

const check = (condition: string) => `
call platform.in_every_schema($do$
  alter table {schema}.disbursements drop constraint disbursements_returned_check;
  alter table {schema}.disbursements add constraint disbursements_returned_check
    check (${condition});
$do$);
`;

/**
 * The same check in a form that PostgreSQL prints as it was written: a schema of a tenant is built
 * from what is printed, and is compared with the shared tables word by word.
 */
export const returnedCheck: Migration = {
  name: '0094_returned_check',
  up: check(`returned_cents >= 0 and returned_cents <= amount_cents
      and (returned_cents = 0 or status = 'paid')`),
  down: check(`returned_cents between 0 and amount_cents
      and (returned_cents = 0 or status = 'paid')`),
};
