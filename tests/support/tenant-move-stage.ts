/** A stage on which tenants move: the time-skipping server, and steps that do what the test says. */
import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import type { BreachSteps } from '../../activities/breach-steps.ts';
import type { DownloadSteps } from '../../activities/download-steps.ts';
import type {
  CloseSteps,
  ExportSteps,
  ImportSteps,
  ImportVerdict,
  MoveSteps,
  SubjectSteps,
} from '../../activities/tenant-steps.ts';
import { id, type BreachId } from '../../domain/ids.ts';
import { queues } from '../../temporal/queues.ts';
import {
  downloadWorkflowId,
  tenantClosingWorkflowId,
  tenantExportWorkflowId,
  tenantImportWorkflowId,
  pseudonymiseWorkflowId,
  tenantMoveWorkflowId,
} from '../../temporal/workflow-ids.ts';
import type { BreachLook, LookAtBreachInput } from '../../workflows/breach-types.ts';
import type { DownloadStart } from '../../workflows/download-types.ts';
import type { TenantStart } from '../../workflows/tenant-types.ts';
import { openStage, testBundle, type Stage } from './temporal.ts';

export interface MoveStage {
  stage: Stage;
  /** Replaced by each test; looked up on every call. */
  steps: MoveSteps;
  calls: string[];
  /** What the looks for a person find, one after the other; nothing once they are over. */
  rounds: { changed: number; left: number }[];
  /** What a look at a breach finds, and the moments of the run at which it looked. */
  lookAtBreach: (input: LookAtBreachInput) => BreachLook;
  looks: number[];
  /** What the look at an archive says. */
  verdict: ImportVerdict;
  close(): Promise<void>;
}

const sound: ImportVerdict = { status: 'sound', rowCount: 12 };

/** Every workflow task replays its run from the beginning. */
export async function openMoveStage(options: { kek?: Buffer } = {}): Promise<MoveStage> {
  const stage = await openStage(options);
  const on: MoveStage = {
    stage,
    steps: smoothMove(),
    calls: [],
    verdict: sound,
    rounds: [],
    lookAtBreach: () => ({ isClosed: true, nextAt: null, overCount: 0 }),
    looks: [],
    close: async () => {},
  };
  const named = (name: keyof MoveSteps) => (input: never) => {
    on.calls.push(name);
    return on.steps[name](input);
  };
  const exported = (name: keyof ExportSteps) => async () => {
    on.calls.push(name);
    return { rowCount: 12, byteCount: 3_400 };
  };
  const closed = (name: keyof CloseSteps) => async (input: { status?: string }) => {
    on.calls.push(input.status === undefined ? name : `${name} ${input.status}`);
    return { ...input, rowCount: 12, left: 0 };
  };
  const activities: Record<
    | keyof BreachSteps
    | keyof DownloadSteps
    | keyof MoveSteps
    | keyof ExportSteps
    | keyof ImportSteps
    | keyof CloseSteps
    | keyof SubjectSteps,
    (input: never) => Promise<unknown>
  > = {
    lookAtBreach: async (input: LookAtBreachInput) => {
      on.looks.push(input.nowMs);
      return on.lookAtBreach(input);
    },
    replaceSubject: async ({ round }: { round: number }) => {
      on.calls.push(`replaceSubject ${round}`);
      return on.rounds.shift() ?? { changed: 0, left: 0 };
    },
    endSubjectRequest: async ({ left }: { left: number }) => {
      on.calls.push(`endSubjectRequest ${left}`);
      return { changed: 12 };
    },
    writeDownload: async () => {
      on.calls.push('writeDownload');
      return { status: 'ready', rowCount: 12, byteCount: 3_400 };
    },
    beginGrace: closed('beginGrace'),
    beginLastExport: closed('beginLastExport'),
    noteArchive: closed('noteArchive'),
    endClosing: closed('endClosing'),
    stopRuns: closed('stopRuns'),
    closeDoors: closed('closeDoors'),
    eraseTenant: closed('eraseTenant'),
    checkImport: async () => {
      on.calls.push('checkImport');
      return on.verdict;
    },
    bringRows: async () => {
      on.calls.push('bringRows');
      return { status: 'done', rowCount: 12 };
    },
    settleImport: async () => void on.calls.push('settleImport'),
    exportRows: exported('exportRows'),
    exportFiles: exported('exportFiles'),
    sealExport: exported('sealExport'),
    expireExport: exported('expireExport'),
    prepareMove: named('prepareMove'),
    copyTenant: named('copyTenant'),
    catchUpMove: named('catchUpMove'),
    freezeTenant: named('freezeTenant'),
    thawTenant: named('thawTenant'),
    finishCopy: named('finishCopy'),
    switchTenant: named('switchTenant'),
    confirmMove: named('confirmMove'),
    rollBackMove: named('rollBackMove'),
    abandonMove: named('abandonMove'),
  };
  const worker = await Worker.create({
    connection: stage.env.nativeConnection,
    namespace: stage.env.namespace ?? 'default',
    dataConverter: stage.env.options.client.dataConverter ?? {},
    taskQueue: queues.tenants,
    workflowBundle: { codePath: await testBundle() },
    maxCachedWorkflows: 0,
    activities,
  });
  const running = worker.run();
  on.close = async () => {
    worker.shutdown();
    await running;
    await stage.close();
  };
  return on;
}

/** Every step of a move that meets no trouble. */
export function smoothMove(): MoveSteps {
  return {
    prepareMove: async () => {},
    copyTenant: async () => ({ rowCount: 12 }),
    catchUpMove: async () => ({ left: 0 }),
    freezeTenant: async () => {},
    thawTenant: async () => {},
    finishCopy: async () => ({ differing: [], rowCount: 12 }),
    switchTenant: async () => ({ frozenMilliseconds: 40 }),
    confirmMove: async () => {},
    rollBackMove: async () => {},
    abandonMove: async () => {},
  };
}

/** The move of a fresh tenant from the shared tables to a schema of its own. */
export function aMove(): TenantStart {
  const tenantId = id('tenant', randomUUID());
  return {
    workflow: 'moveTenant',
    workflowId: tenantMoveWorkflowId(tenantId, 1),
    tier: 'pro',
    summary: 'Move for a test',
    input: {
      tenantId,
      moveId: randomUUID(),
      from: 'shared',
      to: `t_${tenantId.replaceAll('-', '')}`,
      fromTier: 'starter',
      toTier: 'pro',
    },
  };
}

/** The first export of a fresh tenant. */
export function anExport(): TenantStart {
  const tenantId = id('tenant', randomUUID());
  return {
    workflow: 'exportTenant',
    workflowId: tenantExportWorkflowId(tenantId, 1),
    tier: 'starter',
    summary: 'Export for a test',
    input: { tenantId, exportId: id('tenantExport', randomUUID()) },
  };
}

/** A list of a fresh tenant that is made in the background. */
export function aDownload(): DownloadStart {
  const tenantId = id('tenant', randomUUID());
  const downloadId = id('download', randomUUID());
  return {
    workflow: 'makeDownload',
    workflowId: downloadWorkflowId({ tenantId, downloadId }),
    tier: 'starter',
    summary: 'File for a test',
    input: { tenantId, downloadId },
  };
}

/** The first archive brought into a fresh tenant. */
export function anImport(): TenantStart {
  const tenantId = id('tenant', randomUUID());
  return {
    workflow: 'importTenant',
    workflowId: tenantImportWorkflowId(tenantId, 1),
    tier: 'starter',
    summary: 'Import for a test',
    input: { tenantId, importId: id('tenantImport', randomUUID()) },
  };
}

/** The first wish to close a fresh tenant. */
export function aClosing(): TenantStart {
  const tenantId = id('tenant', randomUUID());
  return {
    workflow: 'closeTenant',
    workflowId: tenantClosingWorkflowId(tenantId, 1),
    tier: 'starter',
    summary: 'Closing for a test',
    input: { tenantId, closingId: randomUUID() },
  };
}

/** A person of a fresh tenant who is to be forgotten. */
export function aSubject(): TenantStart {
  const tenantId = id('tenant', randomUUID());
  const requestId = id('subjectRequest', randomUUID());
  return {
    workflow: 'pseudonymise',
    workflowId: pseudonymiseWorkflowId({ tenantId, requestId }),
    tier: 'starter',
    summary: 'A person is forgotten for a test',
    input: { tenantId, requestId },
  };
}

/** A breach nobody else knows of. */
export function aBreachId(): BreachId {
  return id('breach', randomUUID());
}
