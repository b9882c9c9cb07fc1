/** The whole product beside a twin of the provider: what every suite about money starts from. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDarajaTwin, type DarajaTwin } from '../../simulators/daraja/twin.ts';
import { openStack, type Stack } from './stack.ts';

type TwinOptions = NonNullable<Parameters<typeof startDarajaTwin>[0]>;

export interface TwinStack {
  stack: Stack;
  twin: DarajaTwin;
  /** What every process of the product needs to find the twin and to be quick. */
  env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts the twin and no process; waits of payments are `timeScale` times the real ones. */
export async function openTwinStack(
  options: { twin?: TwinOptions; timeScale?: number } = {},
): Promise<TwinStack> {
  const [stack, twin, spool] = await Promise.all([
    openStack(),
    startDarajaTwin(options.twin ?? {}),
    mkdtemp(join(tmpdir(), 'daftari-spool-')),
  ]);
  return {
    ...{ stack, twin },
    env: {
      DARAJA_BASE_URL: twin.url,
      HOOKS_URL: stack.url,
      PAYMENT_TIME_SCALE: String(options.timeScale ?? 0.02),
      DARAJA_CALLS_PER_SECOND: '500',
      CALLBACK_SPOOL_DIR: spool,
    },
    async close() {
      await stack.close();
      await twin.close();
      await rm(spool, { recursive: true, force: true });
    },
  };
}
