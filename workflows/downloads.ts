/**
 * Makes a file in the background for the person who asked. It ends when the file is ready: the
 * scheduled upkeep erases it when its time is over.
 */
import { proxyActivities } from '@temporalio/workflow';
import type { DownloadSteps } from '../activities/download-steps.ts';
import { databaseBatch } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type { MakeDownloadInput, MakeDownloadResult } from './download-types.ts';

const steps = proxyActivities<DownloadSteps>(databaseBatch);

/** Runs once for each file; the id is `download/{tenant}/{download}`. */
export async function makeDownload(input: MakeDownloadInput): Promise<MakeDownloadResult> {
  showEnd('writing', 'Rows are read and written to a sealed file.');
  const made = await steps.writeDownload(input);
  showEnd(made.status, `${made.rowCount} rows, ${made.byteCount} bytes.`);
  return made;
}
