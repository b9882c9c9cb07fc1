/**
 * Records the histories of trying a shortcode out, for tests/replay. Recordings of released versions
 * are never replaced: `node scripts/record-shortcode-histories.ts v0.3` writes new ones.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { aCheck, openShortcodeStage } from '../tests/support/shortcode-stage.ts';
import { historyKek } from '../tests/support/temporal.ts';

const version = process.argv[2] ?? 'v0.2';
const folder = resolve(import.meta.dirname, '../tests/fixtures/histories', version);
mkdirSync(folder, { recursive: true });
const on = await openShortcodeStage({ kek: historyKek });
for (const [name, kind, code] of [
  ['shortcode-passed', 'test', '0'],
  ['shortcode-unanswered', 'test', undefined],
  ['shortcode-registered', 'register', undefined],
] as const) {
  const file = join(folder, `${name}.json`);
  if (existsSync(file)) throw new Error(`${file} is recorded already; name a new version`);
  const start = aCheck(kind);
  const handle = on.stage.env.client.workflow.getHandle(start.workflowId);
  await on.stage.gateway.start(start);
  if (code !== undefined) {
    await on.stage.gateway.tell(start.workflowId, { name: 'balanceTold', input: { code } });
  }
  await handle.result();
  const history = await handle.fetchHistory();
  const { workflowId } = start;
  writeFileSync(file, `${JSON.stringify({ workflowId, history }, withoutMachine, 1)}\n`);
  console.log(file);
}
await on.close();

/** Worker and client identities name the machine they ran on. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'identity' ? 'recorded' : value;
}
