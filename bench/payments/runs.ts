/**
 * What a push costs Temporal beside the least run that waits for somebody, and what a waiting push
 * costs the memory of a worker. The steps answer at once; the server, the runs and the way they are
 * started and told are the real ones.
 */
import { readFileSync } from 'node:fs';
import { absolute, compared, type BenchOptions, type Gate } from '../gate.ts';
import { openRunStage, type RunStage } from './run-stage.ts';

/** Stretches every wait, so that no push asks for itself while thousands are begun. */
const patience = 100;
/** Runs under way at a time. */
const beside = 32;

export async function runGates({ isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const stage = await openRunStage();
  try {
    const rate = await rateGate(
      stage,
      isSmoke ? { rounds: 3, runs: 64 } : { rounds: 8, runs: 160 },
    );
    const waiting = isSmoke ? 500 : 10_000;
    say(`pushes: ${waiting} waiting at a time`);
    return [rate, await waitingGate(stage, waiting, isSmoke)];
  } finally {
    await stage.close();
  }
}

/** Rounds of both in turn; the first warms everything up and does not count. */
async function rateGate(stage: RunStage, size: { rounds: number; runs: number }): Promise<Gate> {
  const [ours, reference]: [number[], number[]] = [[], []];
  for (let round = 0; round < size.rounds; round += 1) {
    const pushes = await perSecond(size.runs, () => wholePush(stage));
    const bare = await perSecond(size.runs, () => stage.bareRun());
    if (round === 0) continue;
    ours.push(pushes);
    reference.push(bare);
  }
  return compared({
    ...{ gate: 'push-run-beside-bare-run', unit: 'runs/s', limit: '>= 0.7', ours, reference },
    detail: `${size.runs} runs a round, ${beside} at a time: started, told, ended`,
  });
}

async function wholePush(stage: RunStage): Promise<void> {
  const workflowId = await stage.beginPush();
  await stage.hearOf(workflowId);
  const result = await stage.resultOf(workflowId);
  if (JSON.stringify(result) !== '{"status":"paid","code":"0"}') {
    throw new Error(`a push ended as ${JSON.stringify(result)}`);
  }
}

async function waitingGate(stage: RunStage, count: number, isSmoke: boolean): Promise<Gate> {
  // The cache of the worker is filled first: what it holds does not grow with the pushes.
  const all: string[] = [];
  const begin = async () => void all.push(await stage.beginPush(patience));
  await perSecond(300, begin);
  const before = residentKb(stage.workerPid);
  await perSecond(count, begin);
  const growth = residentKb(stage.workerPid) - before;
  await perSecond(all.length, async () => {
    const workflowId = all.pop();
    if (workflowId === undefined) return;
    await stage.hearOf(workflowId);
    if (all.length % 50 === 0) await stage.resultOf(workflowId);
  });
  return absolute({
    ...{ gate: 'memory-of-a-waiting-push', unit: 'kB', limit: isSmoke ? '<= 80' : '<= 20' },
    figures: [growth / count],
    detail: `${count} pushes waiting at a time, growth of the worker's resident memory for each`,
  });
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: beside }, lane));
  return count / ((performance.now() - started) / 1_000);
}

function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}
