import type { z } from 'zod';
import type { Download } from '../../db/downloads.ts';
import { subjectRelations } from '../../db/subject-sources.ts';
import { toPublicId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import type { Call } from '../route.ts';
import type { download } from './schema.ts';

/** A file is over when its time is, whether or not somebody has erased it by then. */
export function isOver({ expiresAt }: Download, nowMs: number): boolean {
  return expiresAt !== null && expiresAt <= instantFromEpochMs(nowMs);
}

function progressOf(
  { status, rowCount, rowTotal }: Download,
  position: Download['position'],
): number {
  if (status !== 'running') return 1;
  if (position !== null) {
    return subjectRelations.indexOf(position.relation) / subjectRelations.length;
  }
  return rowTotal === null || rowTotal === 0 ? 0 : Math.min(1, rowCount / rowTotal);
}

/** A download as the one who asked for it sees it. */
export function showDownload(call: Call, stored: Download): z.input<typeof download> {
  const { requestedBy: _requestedBy, workflowId, position, filter, ...facts } = stored;
  const { temporal, now } = call.dependencies;
  return {
    ...facts,
    id: toPublicId('download', stored.id),
    progress: progressOf(stored, position),
    status: facts.status === 'ready' && isOver(stored, now()) ? 'expired' : facts.status,
    filter: Object.fromEntries(
      Object.entries(filter).map(([field, value]) => [
        field,
        typeof value === 'object' ? [...value] : value,
      ]),
    ),
    runUrl: temporal.runUrl(workflowId),
  };
}
