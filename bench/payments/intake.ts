/**
 * Callback intake: a gateway process under 300 callbacks a second, then under a burst of 1,500. Every
 * answer with 2xx has to be a row of the inbox and every row an answer, exactly; the time a callback
 * costs is read from the operating system's account of the gateway alone.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { openHookTokens, type HookTokens } from '../../db/hook-tokens.ts';
import { id, type TenantId } from '../../domain/ids.ts';
import { testKek } from '../../tests/support/database.ts';
import { openStack, type Stack } from '../../tests/support/stack.ts';
import { cpuMsOf } from '../cpu.ts';
import { absolute, type BenchOptions, type Gate } from '../gate.ts';

interface Load {
  perSecond: number;
  seconds: number;
}

interface Outcome {
  sent: number;
  acked: number;
  refused: number;
  /** Milliseconds from when a callback was due to its answer, sorted. */
  latencies: number[];
  cpuMs: number;
  rows: number;
}

export async function intakeGates({ isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const stack = await openStack();
  try {
    const gateway = await stack.startGateway();
    const stage = { stack, pid: gateway.pid, tokens: tokensOf(stack), tenantId: tenantOf(stack) };
    await underLoad(stage, { perSecond: 200, seconds: 2 });
    const steady = { perSecond: 300, seconds: isSmoke ? 5 : 60 };
    const burst = { perSecond: 1_500, seconds: isSmoke ? 2 : 20 };
    say(`intake: ${steady.perSecond}/s for ${steady.seconds} s`);
    const calm = await underLoad(stage, steady);
    say(`intake: ${burst.perSecond}/s for ${burst.seconds} s`);
    const rush = await underLoad(stage, burst);
    // A short run shares the machine with whatever else runs; only the long one is held to 300 ms.
    const limits = isSmoke ? { steady: 1_000, burst: 10_000 } : { steady: 300, burst: 300 };
    return [
      ...gatesOf('steady', { load: steady, p99Max: limits.steady }, calm),
      ...gatesOf('burst', { load: burst, p99Max: limits.burst }, rush),
    ];
  } finally {
    await stack.close();
  }
}

interface Stage {
  stack: Stack;
  pid: number;
  tokens: HookTokens;
  tenantId: TenantId;
}

function tokensOf(stack: Stack): HookTokens {
  return openHookTokens({ kek: testKek, hooksUrl: stack.url });
}

function tenantOf(stack: Stack): TenantId {
  return id('tenant', stack.tenantId);
}

function gatesOf(
  name: string,
  { load, p99Max }: { load: Load; p99Max: number },
  outcome: Outcome,
): Gate[] {
  const { sent, acked, refused, rows, latencies, cpuMs } = outcome;
  // Counted before any figure may be shown.
  if (rows !== acked) throw new Error(`${acked} callbacks were answered and ${rows} are stored`);
  const detail = `${sent} sent at ${load.perSecond}/s, ${acked} answered 2xx = ${rows} rows, ${refused} refused`;
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return [
    absolute({
      ...{ gate: `callback-${name}-answered`, unit: 'share of sent', limit: '>= 0.999' },
      ...{ figures: [acked / sent], detail },
    }),
    absolute({
      ...{ gate: `callback-${name}-p99`, unit: 'ms', limit: `<= ${p99Max}`, figures: [at(0.99)] },
      detail: `p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, from when it was due`,
    }),
    absolute({
      ...{ gate: `callback-${name}-cpu`, unit: 'CPU ms', limit: '<= 2' },
      figures: [cpuMs / Math.max(1, acked)],
      detail: 'of the gateway process, per callback',
    }),
  ];
}

/** Sends on schedule whether or not answers come, as a provider does. */
async function underLoad(stage: Stage, load: Load): Promise<Outcome> {
  const { stack, pid } = stage;
  const pool = new Pool(stack.url, { connections: 64, pipelining: 1 });
  const rowsBefore = await countRows(stack);
  const cpuBefore = cpuMsOf(pid);
  const sent = load.perSecond * load.seconds;
  const startedMs = performance.now();
  const results: Promise<{ isAcked: boolean; ms: number }>[] = [];
  for (let n = 0; n < sent; n += 1) {
    const dueMs = startedMs + (n * 1_000) / load.perSecond;
    if (dueMs > performance.now()) await delay(Math.max(1, dueMs - performance.now()));
    results.push(send(pool, stage, { n, dueMs }));
  }
  const settled = await Promise.all(results);
  await pool.close();
  const acked = settled.filter(({ isAcked }) => isAcked);
  return {
    sent,
    acked: acked.length,
    refused: sent - acked.length,
    latencies: acked.map(({ ms }) => ms).sort((a, b) => a - b),
    cpuMs: cpuMsOf(pid) - cpuBefore,
    rows: (await countRows(stack)) - rowsBefore,
  };
}

async function send(
  pool: Pool,
  { tokens, tenantId }: Stage,
  { n, dueMs }: { n: number; dueMs: number },
): Promise<{ isAcked: boolean; ms: number }> {
  const token = tokens.tokenOf('s', { tenantId, targetId: randomUUID() });
  try {
    const { statusCode, body } = await pool.request({
      ...{ method: 'POST', path: `/hooks/s/${token}`, body: bodyOf(n) },
      headers: { 'content-type': 'application/json' },
    });
    await body.dump();
    return { isAcked: statusCode === 200, ms: performance.now() - dueMs };
  } catch {
    return { isAcked: false, ms: Number.NaN };
  }
}

function bodyOf(n: number): string {
  return JSON.stringify({
    Body: {
      stkCallback: {
        MerchantRequestID: `bench-${n}`,
        CheckoutRequestID: `ws_CO_${randomUUID()}`,
        ResultCode: 0,
        ResultDesc: 'The service request is processed successfully.',
        CallbackMetadata: {
          Item: [
            { Name: 'Amount', Value: 1500 },
            { Name: 'MpesaReceiptNumber', Value: 'UKE7Q2X9LM' },
            { Name: 'Balance' },
            { Name: 'TransactionDate', Value: 20261114093541 },
            { Name: 'PhoneNumber', Value: 254712345678 },
          ],
        },
      },
    },
  });
}

async function countRows({ database }: Stack): Promise<number> {
  const [row] = await database.asOwner('select count(*)::int as n from shared.callback_inbox');
  return Number(row?.['n']);
}
