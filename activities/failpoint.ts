/**
 * Named places where a test may strike: at every boundary between two effects. Without a
 * configuration a failpoint is a resolved promise; production refuses to start with one.
 */
import { existsSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Every failpoint there is; a configuration that names another one is refused. */
export const failpointNames = [
  'upload.afterCommitBeforeStart',
  'ingest.midBatch',
  'ingest.afterParseBeforeReturn',
  'ingest.afterProve',
  'ingest.midPost',
  'ingest.afterPostCommitBeforeReturn',
  'ingest.afterCategorised',
  'undo.midChunk',
  'mend.midChunk',
  'change.midRows',
  'relay.afterPublishBeforeMark',
  'events.afterEffectBeforeOffset',
  'stk.beforeSend',
  'stk.afterSendBeforePersist',
  'stk.afterPersist',
  'b2c.beforeSend',
  'b2c.afterSendBeforePersist',
  'b2c.afterPersist',
  'cb.afterInsertBeforeAck',
  'cb.afterAck',
  'cb.afterRecordBeforeTell',
  'cb.afterTellBeforeMark',
  'move.afterPrepare',
  'move.midCopy',
  'move.afterCopy',
  'move.midCatchUp',
  'move.afterFreeze',
  'move.afterVerify',
  'move.beforeSwitch',
  'move.afterSwitch',
  'move.afterRemove',
  'export.midFile',
  'export.afterRows',
  'export.beforeSeal',
  'export.afterSeal',
  'download.midFile',
  'download.beforeReady',
  'download.afterReady',
  'closing.afterGrace',
  'closing.afterDoors',
  'closing.afterKey',
  'closing.midErase',
  'subject.midRound',
  'subject.afterRound',
  'subject.afterEnd',
  'breach.midTelling',
  'breach.midReminding',
  'breach.afterLook',
  'import.afterCheck',
  'import.midRows',
  'import.beforeCommit',
  'import.afterCommit',
  'mail.sent',
  'keys.midRotation',
] as const;

export type FailpointName = (typeof failpointNames)[number];
export type Failpoint = (name: string) => Promise<void>;

type Action =
  | { kind: 'kill' | 'throw'; onVisit: number }
  /** Writes the marker file `{path}` and goes on once `{path}.go` exists. */
  | { kind: 'wait'; path: string; onVisit: number };

/** The failpoint of a process without a configuration: nothing ever happens. */
export const noFailpoint: Failpoint = async () => {};

/**
 * Reads `name=kill`, `name=throw` or `name=wait:/path/to/marker`, comma separated; `name=kill@3`
 * strikes on the third visit only (otherwise on the first). Throws on anything else.
 */
export function createFailpoint(configuration: string): Failpoint {
  if (configuration === '') return noFailpoint;
  const actions = new Map(configuration.split(',').map(parseEntry));
  const visits = new Map<string, number>();
  return async (name) => {
    const action = actions.get(name);
    if (action === undefined) return;
    const visit = (visits.get(name) ?? 0) + 1;
    visits.set(name, visit);
    if (visit === action.onVisit) await strike(name, action);
  };
}

function parseEntry(entry: string): [string, Action] {
  const parsed = /^([\w.]+)=(kill|throw|wait):?([^@]*)(?:@(\d+))?$/.exec(entry.trim());
  const [, name = '', kind = '', path = '', visit = '1'] = parsed ?? [];
  if (!failpointNames.some((known) => known === name)) {
    throw new Error(`no such failpoint in FAILPOINTS: ${entry}`);
  }
  const onVisit = Number.parseInt(visit, 10);
  if (kind === 'wait' && path !== '') return [name, { kind, path, onVisit }];
  if ((kind === 'kill' || kind === 'throw') && path === '') return [name, { kind, onVisit }];
  throw new Error(`not an action of a failpoint: ${entry}`);
}

async function strike(name: string, action: Action): Promise<void> {
  switch (action.kind) {
    case 'kill':
      // Synchronously: it is the last thing anybody hears of this process.
      writeSync(2, `killed at ${name}\n`);
      process.kill(process.pid, 'SIGKILL');
      // The signal arrives asynchronously; nothing after this line may run before it does.
      return new Promise(() => {});
    case 'throw':
      throw new Error(`failpoint ${name}`);
    case 'wait':
      await writeFile(action.path, name);
      while (!existsSync(`${action.path}.go`)) await delay(20);
  }
}
