/** Files made in the background, by steps that may die once at a named place. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { DownloadSteps } from '../../activities/download-steps.ts';
import { createDownloadActivities } from '../../activities/downloads.ts';
import { download, type DownloadBody } from '../../api/downloads/schema.ts';
import { id, parsePublicId, type TenantId } from '../../domain/ids.ts';
import type { MakeDownloadInput, MakeDownloadResult } from '../../workflows/download-types.ts';
import type { ApiStage } from './api.ts';

/** What the run gets to make this file. */
export function inputOf(tenantId: TenantId, { id: publicId }: DownloadBody): MakeDownloadInput {
  return { tenantId, downloadId: id('download', parsePublicId('download', publicId) ?? '') };
}

/** Runs the step as a worker does. */
export function runStep(
  step: DownloadSteps['writeDownload'],
  input: MakeDownloadInput,
): Promise<MakeDownloadResult> {
  const logger = new DefaultLogger('ERROR');
  return new MockActivityEnvironment({}, { logger }).run<
    [MakeDownloadInput],
    MakeDownloadResult,
    DownloadSteps['writeDownload']
  >(step, input);
}

/** Makes the file as the run does; whoever dies at `name` is run again. Answers who died. */
export async function makeFile(
  stage: ApiStage,
  input: MakeDownloadInput,
  name?: string,
): Promise<string[]> {
  const deaths: string[] = [];
  const { writeDownload } = createDownloadActivities({
    db: stage.database.db,
    failpoint: async (visited) => {
      if (visited !== name || deaths.length > 0) return;
      deaths.push(visited);
      throw new Error(`died at ${visited}`);
    },
  });
  const run = () => runStep(writeDownload, input);
  await run().catch((error: unknown) => {
    if (!String(error).includes('died at')) throw error;
    return run();
  });
  return deaths;
}

/** How far a file is. */
export async function downloadNow(
  stage: ApiStage,
  token: string,
  one: DownloadBody,
): Promise<DownloadBody> {
  const answer = await stage.fetch(`/v1/downloads/${one.id}`, { token });
  return download.parse(answer.body);
}

/** The bytes of an address, with its status. */
export async function bytesOf(
  stage: ApiStage,
  token: string,
  path: string,
): Promise<{ status: number; type: string | null; name: string | null; bytes: Buffer }> {
  const answer = await fetch(`${stage.baseUrl}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const [type, name] = ['content-type', 'content-disposition'].map((header) =>
    answer.headers.get(header),
  );
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, type: type ?? null, name: name ?? null, bytes };
}
