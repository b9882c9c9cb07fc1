/** Files made in the background: one of each state. */
import type { SubjectFile } from '../../../api/data-subjects/schema.ts';
import type { DownloadBody, DownloadList } from '../../../api/downloads/schema.ts';
import { publicId } from './fixture-rows.ts';
import { subjectFile } from './fixture-team.ts';
import { ago } from './fixture-statements.ts';

const made = {
  progress: 1,
  runUrl: 'http://ui.test/run',
  createdAt: ago(3_600),
  readyAt: ago(3_500),
};

const running: DownloadBody = {
  ...{ ...made, id: publicId('dwl', 1), kind: 'transactions', format: 'csv', status: 'running' },
  filter: { from: '2026-11-01', direction: ['in'], 'amountCents[gte]': 100_00, q: true },
  ...{ rowCount: 41_000, rowTotal: 120_450, byteCount: 9_400_000 },
  progress: 0.34,
  ...{ createdAt: ago(20), readyAt: null, expiresAt: null },
};

const downloads: readonly DownloadBody[] = [
  running,
  {
    ...{ ...made, id: publicId('dwl', 2), kind: 'journal', format: 'xlsx', status: 'ready' },
    ...{ filter: {}, rowCount: 33_210, rowTotal: 33_210, byteCount: 4_812_000 },
    expiresAt: ago(-82_900),
  },
  {
    ...{ ...made, id: publicId('dwl', 3), kind: 'transactions', format: 'pdf', status: 'refused' },
    ...{ filter: { category: ['rent', 'fuel'] }, rowCount: 0, rowTotal: null, byteCount: 0 },
    ...{ readyAt: null, expiresAt: null },
  },
  {
    ...{ ...made, id: publicId('dwl', 4), kind: 'collections', format: 'csv', status: 'expired' },
    ...{ filter: { status: ['paid'] }, rowCount: 25_000, rowTotal: 25_000, byteCount: 3_100_000 },
    expiresAt: ago(60),
  },
];

const report: DownloadBody = {
  ...{ ...running, id: publicId('dwl', 9), kind: 'subject-report', format: 'json' },
  ...{ filter: { by: ['msisdn'] }, rowCount: 1, rowTotal: null, progress: 0.5 },
};

/** What these addresses answer; undefined for all others. */
export function answerDownloads(
  path: string,
  { method, who }: { method: string | undefined; who: string },
): { status: number; body: DownloadList | DownloadBody | SubjectFile | string } | undefined {
  if (path === '/data-subjects/reports') return { status: 202, body: report };
  if (path === `/downloads/${report.id}`) {
    return { status: 200, body: { ...report, status: 'ready', progress: 1 } };
  }
  if (path === `/downloads/${report.id}/file`) return { status: 200, body: subjectFile() };
  if (method === 'POST' && path.endsWith('/export')) return { status: 202, body: running };
  if (path === '/downloads') {
    return { status: 200, body: { data: who === 'empty' ? [] : [...downloads] } };
  }
  if (/^\/downloads\/\w+\/file$/.test(path)) return { status: 200, body: 'id,amount\n1,1500\n' };
  return undefined;
}
