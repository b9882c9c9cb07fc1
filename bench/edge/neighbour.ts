/**
 * A business that asks at ten times its quota, and another beside it that asks within its own: how
 * much longer the calm one waits. Slices with and without the noise alternate, so that both see the
 * same machine; the gateway has one core and whoever asks another, so that the cost of asking is not
 * taken for the cost of being asked.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';
import { aTenant } from '../../tests/support/tenants.ts';
import { hashPassword } from '../../api/auth/passwords.ts';
import { scaledQuota, tenantQuotas } from '../../domain/edge/quota.ts';
import { openStack, type Stack } from '../../tests/support/stack.ts';
import { compared, median, skipped, type BenchOptions, type Gate } from '../gate.ts';
import { askAndBeServed, askAtRate, type Answers } from './load.ts';

const run = promisify(execFile);
const quotaFactor = 2;
const calmPerSecond = 60;
const busyMs = 10;
const password = 'a long enough password';

/** At ten times the quota of one, at most a quarter more waiting for the others. */
export async function neighbourGate({ isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const stack = await openStack();
  try {
    const gateway = await stack.startGateway({
      RATE_LIMIT_FACTOR: String(quotaFactor),
      LOG_LEVEL: 'error',
    });
    await separate(gateway.pid);
    const passwordHash = await hashPassword(password);
    const [calm, noisy] = [await aCaller(stack, passwordHash), await aCaller(stack, passwordHash)];
    const seconds = isSmoke ? 1 : 4;
    const load = { perSecond: calmPerSecond, seconds };
    const quiet: number[] = [];
    const beside: number[] = [];
    let last: Answers | undefined;
    for (let round = 0; round <= (isSmoke ? 3 : 9); round += 1) {
      const alone = await askAndBeServed({ ...calm, ...load });
      const [waited, noise] = await Promise.all([
        askAndBeServed({ ...calm, ...load }),
        overQuota(noisy, seconds),
      ]);
      // The first round warms up.
      if (round === 0) continue;
      quiet.push(alone.p95Ms);
      beside.push(waited.p95Ms);
      last = noise;
    }
    if (last === undefined || last.refused === 0)
      throw new Error('the noisy one was never refused');
    say(`edge: a slice of noise: ${JSON.stringify(last)}`);
    return [judged({ quiet, beside }, isSmoke)];
  } finally {
    await stack.close();
  }
}

/** A machine on which the calm business waits long when it is alone judges nothing. */
function judged({ quiet, beside }: Record<'quiet' | 'beside', number[]>, isSmoke: boolean): Gate {
  const gate = { gate: 'edge-noisy-neighbour', unit: 'ms p95' };
  const limit = `<= ${isSmoke ? 2.5 : 1.25}`;
  const alone = median(quiet);
  if (alone > busyMs) {
    const waits = `${alone.toFixed(0)} ms alone, ${median(beside).toFixed(0)} ms beside the noise`;
    return skipped({ ...gate, limit }, `the machine is busy: the calm business waited ${waits}`);
  }
  const detail = `calm business at ${calmPerSecond}/s, alone and beside one at ten times its quota`;
  return compared({ ...gate, limit, ours: beside, reference: quiet, detail });
}

interface Caller {
  url: string;
  headers: { authorization: string };
}

async function aCaller(stack: Stack, passwordHash: string): Promise<Caller> {
  const { email } = await aTenant(stack.database.db, { passwordHash });
  const session = await fetch(`${stack.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const { accessToken } = z.object({ accessToken: z.string() }).parse(await session.json());
  return { url: `${stack.url}/v1/credential`, headers: { authorization: `Bearer ${accessToken}` } };
}

/** Ten times the quota over as many connections as it takes. */
function overQuota(caller: Caller, seconds: number): Promise<Answers> {
  const { perSecond } = scaledQuota(tenantQuotas.starter, quotaFactor);
  return askAtRate({ ...caller, perSecond: perSecond * 10, seconds });
}

/** The gateway on the first core, this process and its children on the others. */
async function separate(gatewayPid: number): Promise<void> {
  const cores = availableParallelism();
  if (cores < 2) return;
  await run('taskset', ['-a', '-pc', '0', String(gatewayPid)]);
  await run('taskset', ['-a', '-pc', `1-${cores - 1}`, String(process.pid)]);
}
