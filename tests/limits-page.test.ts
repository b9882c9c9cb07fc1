/** The page of limits says what the code holds to. */
import { readFileSync } from 'node:fs';
import { readerLimits } from '../activities/parser/frames.ts';
import { archiveBytesMax } from '../api/imports/receive-archive.ts';
import { loadLimits } from '../api/edge/load-shedding.ts';
import { printedRowsMax } from '../activities/sheets/printed-transactions.ts';
import { storyMax } from '../db/ledger-lineage.ts';
import { tracesMax } from '../db/object-traces.ts';
import { shownPerHourMax } from '../db/shown-numbers.ts';
import { breachBusinessesMax } from '../domain/breaches/clocks.ts';
import { collectionRowsMax } from '../domain/collections/batch-rows.ts';
import { customerRowsMax } from '../domain/collections/customer-rows.ts';
import { batchRowsMax } from '../domain/disbursements/batch-rows.ts';
import {
  directRowsMax,
  downloadsAtOnce,
  hoursKept,
  reportHoursKept,
} from '../domain/downloads/terms.ts';
import { addressQuota, tenantQuotas, type Quota } from '../domain/edge/quota.ts';
import { flagsAtOnceMax } from '../domain/flags/requests.ts';
import { noticeDays } from '../domain/notices/terms.ts';
import {
  attachedBytesMax,
  attachmentBytesMax,
  attachmentHoursKept,
  attachmentsMax,
} from '../domain/statements/attachments.ts';
import { patternDaysMax } from '../domain/statements/patterns.ts';
import { tagLengthMax, tagsMax } from '../domain/statements/row-marks.ts';

const page = readFileSync('docs/limits.md', 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

function saidOf(what: string): string | undefined {
  return rows.find(([, name]) => name === what)?.[2];
}

const count = (number: number) => number.toLocaleString('en-US');
const megabytes = (bytes: number) => `${bytes / 1_048_576} MB`;
const rate = ({ perSecond, burst }: Quota) => `${count(perSecond)}, ${count(burst)} at once`;

test.each([
  ['PDF, XLSX, XLS', megabytes(readerLimits.maxBytes.pdf)],
  ['CSV', megabytes(readerLimits.maxBytes.csv)],
  ['Pages of a PDF', count(readerLimits.maxPages)],
  ['Rows of a statement', count(readerLimits.maxRows)],
  ['Payouts of a list', count(batchRowsMax)],
  ['Requests of a list', count(collectionRowsMax)],
  ['Customers of a list', count(customerRowsMax)],
  ['Archive of a business', `${Math.round(archiveBytesMax / 2 ** 30)} GB`],
  ['Rows of a printed list', count(printedRowsMax)],
  ['Rows a screen saves at once', count(directRowsMax)],
  ['Files made for one person at once', count(downloadsAtOnce)],
  ['Reports about a person', `${reportHoursKept / 24} days`],
  ['Lists made in the background', `${hoursKept} hours`],
  ['Tags of a row', count(tagsMax)],
  ['Letters of a tag', count(tagLengthMax)],
  ['Receipts on a row', count(attachmentsMax)],
  ['A receipt on a row', megabytes(attachmentBytesMax)],
  ['Receipts of a business', `${attachedBytesMax / 2 ** 30} GB`],
  ['A receipt that was taken off a row', `${attachmentHoursKept} hours`],
  ['Days of busy hours', count(patternDaysMax)],
  ['Numbers shown in an hour', count(shownPerHourMax)],
  ['Features changed at once', count(flagsAtOnceMax)],
  ['Businesses named of a breach', count(breachBusinessesMax)],
  ['Transactions of a story', count(storyMax)],
  ['Traces of a kind on a page of it', count(tracesMax)],
  ['Plan Starter', rate(tenantQuotas.starter)],
  ['Plan Pro', rate(tenantQuotas.pro)],
  ['Plan Enterprise', rate(tenantQuotas.enterprise)],
  ['An address without a credential', rate(addressQuota)],
  ['Requests under way in a gateway', count(loadLimits.inFlightMax)],
  ['Notices', `${noticeDays} days`],
])('%s: %s', (what, held) => {
  expect(saidOf(what)).toBe(held);
});

test.each([
  ['Answers kept for a repeated request', '72 hours', 'db/idempotency.ts', "interval '72 hours'"],
  ['Sessions', '90 days', 'db/sessions.ts', "created_at < now() - interval '90 days'"],
  ['Texts of callbacks', '13 months', 'domain/tenants/retention.ts', 'thirteenMonths = 396'],
  ['Uploaded files', '13 months', 'domain/tenants/retention.ts', 'thirteenMonths = 396'],
  ['What events said', '7 days', 'activities/maintenance.ts', 'outboxDays = 7'],
  ['What waits for a second person', '7 days', 'domain/waiting.ts', 'openForMs = 7 * 24 * 60'],
  ['A body of JSON', '100,000 bytes', 'api/json-body.ts', 'bytesMax = 100_000'],
  ['An address with its query', '2,048 characters', 'api/app.ts', 'urlMax = 2048'],
])('%s: %s', (what, held, file, code) => {
  expect(saidOf(what)).toBe(held);
  expect(readFileSync(file, 'utf8')).toContain(code);
});
