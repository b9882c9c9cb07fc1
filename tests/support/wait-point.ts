/** Holds a process at one failpoint, so that a test can disturb the world at an exact instant. */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FailpointName } from '../../activities/failpoint.ts';
import { until } from './until.ts';

export interface WaitPoint {
  /** What the process has to be started with. */
  env: { FAILPOINTS: string };
  /** Resolves once the process stands at the failpoint. */
  reached(): Promise<void>;
  /** Lets the process go on. */
  open(): void;
  /** Removes what was left behind. */
  close(): void;
}

/** The process stops at the given visit of the failpoint, until it is let go. */
export function waitPoint(name: FailpointName, onVisit = 1): WaitPoint {
  const marker = join(tmpdir(), `daftari-${name}-${randomUUID()}`);
  return {
    env: { FAILPOINTS: `${name}=wait:${marker}@${onVisit}` },
    reached: () => until(() => existsSync(marker), { withinMs: 600_000 }),
    open: () => writeFileSync(`${marker}.go`, ''),
    close: () => [marker, `${marker}.go`].forEach((file) => rmSync(file, { force: true })),
  };
}
