/** The files a person handed over, as plain data: which may go, which is next, what became of each. */
import { localProblem, type Problem } from '../request.ts';

export type UploadState = 'queued' | 'sending' | 'accepted' | 'failed' | 'cancelled';

export interface UploadItem {
  key: string;
  name: string;
  sizeBytes: number;
  state: UploadState;
  sentBytes: number;
  statementId: string | null;
  operationId: string | null;
  /** These very bytes were already here: the answer is the statement of the first time. */
  isDuplicate: boolean;
  problem: Problem | null;
}

export const acceptedEndings: readonly string[] = ['pdf', 'csv', 'xlsx', 'xls'];
export const workbookBytesMax = 20 * 1024 * 1024;
export const csvBytesMax = 64 * 1024 * 1024;
const sendingMax = 2;

/** Why a file cannot be sent at all; the server decides by content, this only spares the wait. */
export function refusalOf(file: { name: string; size: number }): string | null {
  const ending = file.name.toLowerCase().split('.').pop() ?? '';
  if (!acceptedEndings.includes(ending)) return 'unsupported-type';
  if (file.size === 0) return 'empty-file';
  return file.size > (ending === 'csv' ? csvBytesMax : workbookBytesMax) ? 'file-too-large' : null;
}

/** A new entry; files that cannot be sent arrive as failed with the reason. */
export function uploadItem(key: string, file: { name: string; size: number }): UploadItem {
  const code = refusalOf(file);
  return {
    key,
    name: file.name,
    sizeBytes: file.size,
    state: code === null ? 'queued' : 'failed',
    sentBytes: 0,
    statementId: null,
    operationId: null,
    isDuplicate: false,
    problem: code === null ? null : localProblem(code),
  };
}

/** The files to start now: two at a time, in the order they were given. */
export function startable(items: readonly UploadItem[]): UploadItem[] {
  const sending = items.filter((item) => item.state === 'sending').length;
  return items
    .filter((item) => item.state === 'queued')
    .slice(0, Math.max(0, sendingMax - sending));
}

/** Whole per cent sent; 100 only when every byte has left. */
export function percentSent(item: Pick<UploadItem, 'sentBytes' | 'sizeBytes'>): number {
  if (item.sizeBytes === 0) return 0;
  return Math.min(100, Math.floor((item.sentBytes * 100) / item.sizeBytes));
}

/** Whether trying again can help: the network or the server failed, not the file. */
export function canRetry(item: UploadItem): boolean {
  if (item.state === 'cancelled')
    return refusalOf({ name: item.name, size: item.sizeBytes }) === null;
  const status = item.problem?.status ?? 0;
  const isOurs = ['network', 'timeout', 'idempotency-in-progress'].includes(
    item.problem?.code ?? '',
  );
  return item.state === 'failed' && (isOurs || status === 429 || status >= 500 || status === 401);
}
