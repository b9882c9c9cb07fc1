/**
 * Every row of the bad-input list for statements (S1 to S32) through the public API, against real
 * processes: the exact answer or the exact end, nothing lost, nothing answered with 5xx, and the
 * processes that read all of it still the same ones at the end.
 */
import { mkdtempSync, chmodSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '../support/api-client.ts';
import { journeyInputs, type BadInput } from '../support/bad-inputs.ts';
import { startRun, type Ending } from '../support/corpus-run.ts';
import type { Running } from '../support/processes.ts';
import { openStack, type Stack } from '../support/stack.ts';

jest.setTimeout(400_000);

let stack: Stack;
let client: ApiClient;
let gateway: Running;
let workers: Running;
let inputs: BadInput[];
let ended: (name: string) => Promise<Ending>;
const scratch = mkdtempSync(join(tmpdir(), 'corpus-'));
const calls: string[] = [];
let trap: Server;

beforeAll(async () => {
  chmodSync(scratch, 0o755);
  trap = createServer((socket) => {
    calls.push(socket.remoteAddress ?? '?');
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const { port } = trap.address() as AddressInfo;
  stack = await openStack();
  const extra = { TMPDIR: scratch, LOG_LEVEL: 'info', PARSER_TIMEOUT_MS: '15000' };
  [gateway, workers] = await Promise.all([stack.startGateway(extra), stack.startWorkers(extra)]);
  client = await stack.client();
  inputs = journeyInputs(port);
  ended = startRun(client, inputs);
}, 300_000);

afterAll(async () => {
  await stack.close();
  trap.close();
  rmSync(scratch, { recursive: true, force: true });
}, 60_000);

test('discover', async () => {
  for (const { id, name } of inputs) {
    const e = await ended(name).catch((error: unknown) => ({ error: String(error) }) as never);
    const s = e.statement;
    process.stdout.write(
      `${id} ${name} ${e.httpStatus ?? JSON.stringify(e)} ${e.code ?? ''} ${s?.status ?? ''} ${s?.verdict ?? ''} ${s?.problem ?? ''} rows=${s?.rowCount}/${e.lines?.length} rej=${s?.rejectCount}/${e.rejects?.map((r) => r.reason)} new=${s?.newRowCount} ${Math.round(e.tookMs)}ms tamper=${s?.tamper.map((t) => `${t.signal}:${t.severity}`)} failed=${s?.checks.filter((c) => c.outcome === 'failed').map((c) => c.name)} «${s?.problemDetail}»\n`,
    );
  }
  process.stdout.write(`${gateway.isAlive()} ${workers.isAlive()} calls=${calls.length} scratch=${readdirSync(scratch)}\n`);
  process.stdout.write(workers.output().split('\n').filter((l) => /"level":(40|50)/.test(l)).slice(0, 40).join('\n'));
  process.stdout.write(gateway.output().split('\n').filter((l) => /"level":(40|50)/.test(l)).slice(0, 40).join('\n'));
});
