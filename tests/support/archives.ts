/** Businesses with one of everything, and the steps that make their archives and bring them back. */
import { createHash, randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createExportActivities } from '../../activities/tenant-export.ts';
import { createImportActivities } from '../../activities/tenant-import.ts';
import type { ExportSteps, ImportSteps } from '../../activities/tenant-steps.ts';
import { tenantExportList } from '../../api/exports/schema.ts';
import { openManifestSigner } from '../../db/manifest-signer.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { appendChunk, completeUpload, startUpload } from '../../db/uploads.ts';
import { id } from '../../domain/ids.ts';
import type { ExportTenantInput } from '../../workflows/tenant-types.ts';
import type { ApiStage } from './api.ts';
import { testKek } from './database.ts';
import { provisionerOf } from './tiers.ts';
import { aVictim, type Victim } from './victim.ts';

type Made = ExportSteps & ImportSteps;

/** The steps of exports and imports; one that meets the failpoint dies there once, and is run again. */
export function archiveSteps(stage: ApiStage, name: string | undefined) {
  const deaths: string[] = [];
  const dependencies = {
    db: stage.database.db,
    signer: openManifestSigner(testKek),
    provisioner: provisionerOf(stage.database),
    failpoint: async (visited: string) => {
      if (visited !== name || deaths.length > 0) return;
      deaths.push(visited);
      throw new Error(`died at ${visited}`);
    },
  };
  const made: Made = {
    ...createExportActivities(dependencies),
    ...createImportActivities(dependencies),
  };
  const twice = async <Step extends keyof Made>(
    step: Step,
    input: Parameters<Made[Step]>[0],
  ): Promise<Awaited<ReturnType<Made[Step]>>> => {
    const run = () =>
      new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<
        [Parameters<Made[Step]>[0]],
        Awaited<ReturnType<Made[Step]>>,
        (input: Parameters<Made[Step]>[0]) => Promise<Awaited<ReturnType<Made[Step]>>>
      >(made[step] as never, input);
    try {
      return await run();
    } catch (error) {
      if (!String(error).includes('died at')) throw error;
      return run();
    }
  };
  return { twice, deaths };
}

/** A business with one of everything, and its first export, which somebody just asked for. */
export async function aBusiness(stage: ApiStage, tier: TenantTier) {
  const victim = await aVictim(stage, tier);
  const tenantId = id('tenant', victim.tenantId);
  const uploadId = randomUUID();
  const bytes = Buffer.from('Receipt,Details\r\nTB1,=1+1\r\n'.repeat(20_000));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await stage.database.db.withTenant(tenantId, async (t) => {
    const createdBy = id('user', victim.userId);
    await startUpload(t, { id: uploadId, fileName: 'July / "sales".csv', createdBy });
    await appendChunk(t, { uploadId, seq: 0, bytes: bytes.subarray(0, 300_000) });
    await appendChunk(t, { uploadId, seq: 1, bytes: bytes.subarray(300_000) });
    await completeUpload(t, { id: uploadId, sizeBytes: bytes.length, sha256, mediaKind: 'csv' });
  });
  const exportId = id('tenantExport', victim.ids.tenantExport ?? '');
  return { victim, input: { tenantId, exportId }, upload: { id: uploadId, bytes, sha256 } };
}

export async function exportAll(
  stage: ApiStage,
  input: ExportTenantInput,
  name?: string,
): Promise<string[]> {
  const { twice, deaths } = archiveSteps(stage, name);
  for (const step of ['exportRows', 'exportFiles', 'sealExport'] as const) await twice(step, input);
  return deaths;
}

/** The newest archive of a business, as it is fetched. */
export async function fetchZip(stage: ApiStage, { token }: Pick<Victim, 'token'>): Promise<Buffer> {
  const list = await stage.fetch('/v1/exports', { token });
  const one = tenantExportList.parse(list.body).data[0];
  expect(one).toMatchObject({ status: 'ready', filesDone: (one?.filesTotal ?? 0) + 2 });
  const answer = await fetch(`${stage.baseUrl}/v1/exports/${one?.id}/archive`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/zip');
  return Buffer.from(await answer.arrayBuffer());
}
