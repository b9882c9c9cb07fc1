import type { Migration } from './migration.ts';

/** A business may ask to look at every statement, also at those that prove themselves. */
export const reviewFlag: Migration = {
  name: '0064_review_flag',
  up: `
insert into platform.flags (key, environment, description, is_on, plans, is_tenants_choice)
select 'review-every-statement', e.environment,
  'Somebody looks at every statement before it is posted', true, '{}', true
from (values ('live'), ('test')) e (environment);
update platform.flags set rollout_percent = 0 where key = 'review-every-statement';
`,
  down: `
delete from platform.flags where key = 'review-every-statement';
`,
};
