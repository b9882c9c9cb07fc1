import type { Migration } from './migration.ts';

/**
 * The report about a person is made in the background too. It is gathered page by page and goes on
 * where it stopped, so it keeps its place.
 */
export const subjectReports: Migration = {
  name: '0099_subject_reports',
  up: `
alter table shared.downloads
  add column position jsonb,
  drop constraint downloads_kind_check,
  add constraint downloads_kind_check check (kind in
    ('transactions', 'collections', 'disbursements', 'journal', 'audit', 'subject-report')),
  drop constraint downloads_format_check,
  add constraint downloads_format_check check (format in ('csv', 'xlsx', 'pdf', 'json')),
  add constraint downloads_format_of_kind check ((kind = 'subject-report') = (format = 'json'));
`,
  down: `
delete from shared.download_chunks c using shared.downloads d
  where d.tenant_id = c.tenant_id and d.id = c.download_id and d.kind = 'subject-report';
delete from shared.downloads where kind = 'subject-report';
alter table shared.downloads
  drop constraint downloads_format_of_kind,
  drop constraint downloads_format_check,
  add constraint downloads_format_check check (format in ('csv', 'xlsx', 'pdf')),
  drop constraint downloads_kind_check,
  add constraint downloads_kind_check
    check (kind in ('transactions', 'collections', 'disbursements', 'journal', 'audit')),
  drop column position;
`,
};
