import type { ClearFilter } from '../domain/downloads/clear-filter.ts';
import type { DownloadFormat, DownloadKind, DownloadStatus } from '../domain/downloads/terms.ts';
import type { DownloadId, TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { CreatedAt, Defaulted, Json, Optional, OptionalJson } from './columns.ts';
import type { SubjectPosition } from './subject-sources.ts';

export interface DownloadsTable {
  tenant_id: TenantId;
  id: DownloadId;
  kind: DownloadKind;
  format: DownloadFormat;
  status: Defaulted<DownloadStatus>;
  choice_sealed: Optional<string>;
  filter: Json<ClearFilter>;
  position: OptionalJson<SubjectPosition>;
  attempt: Defaulted<number>;
  row_total: Optional<number>;
  row_count: Defaulted<number>;
  byte_count: Defaulted<number>;
  requested_by: string;
  workflow_id: string;
  created_at: CreatedAt;
  ready_at: Optional<Instant>;
  expires_at: Optional<Instant>;
}

export interface DownloadChunksTable {
  tenant_id: TenantId;
  download_id: DownloadId;
  seq: number;
  sealed: Buffer;
}
