/** Messages of the run that makes a file in the background. */
import type { DownloadStatus } from '../domain/downloads/terms.ts';
import type { DownloadId, TenantId } from '../domain/ids.ts';
import type { StartFacts } from './types.ts';

export interface MakeDownloadInput {
  tenantId: TenantId;
  downloadId: DownloadId;
}

export interface MakeDownloadResult {
  status: Exclude<DownloadStatus, 'running'>;
  rowCount: number;
  byteCount: number;
}

export type DownloadStart = StartFacts & { workflow: 'makeDownload'; input: MakeDownloadInput };
