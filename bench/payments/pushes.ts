/**
 * Eight pushes a second through the whole product, with a provider that takes 200 ms to answer: how
 * long it takes from the request to the posting and to the event, and what one push costs each
 * process. Every push has to be paid, posted once and told of before a figure is shown.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { id, toPublicId } from '../../domain/ids.ts';
import type { ApiClient } from '../../tests/support/api-client.ts';
import { aShortcode } from '../../tests/support/collections.ts';
import { openTwinStack, type TwinStack } from '../../tests/support/twin-stack.ts';
import { until } from '../../tests/support/until.ts';
import { cpuMsOf } from '../cpu.ts';
import { absolute, type BenchOptions, type Gate } from '../gate.ts';

const perSecond = 8;
const providerLatencyMs = 200;
/** The payer's own time between prompt and PIN; taken off the figures. */
const pinAfterMs = 100;

interface Stage {
  twinStack: TwinStack;
  client: ApiClient;
  shortcodeId: string;
}

export async function pushGates({ isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const settings = { phone: { action: 'pin', afterMs: pinAfterMs }, repeatWindowMs: 1 } as const;
  const twinStack = await openTwinStack({
    timeScale: 1,
    twin: { latencyMs: providerLatencyMs, settings },
  });
  const { stack, env } = twinStack;
  try {
    const gateway = await stack.startGateway(env);
    const workers = await stack.startWorkers(env);
    const client = await stack.client();
    const tenantId = id('tenant', stack.tenantId);
    const shortcode = await stack.database.db.withTenant(tenantId, (t) => aShortcode(t));
    const stage = { twinStack, client, shortcodeId: toPublicId('shortcode', shortcode) };
    await push(stage, 2);
    await untilTold(stage, 2 * perSecond);
    const seconds = isSmoke ? 20 : 300;
    say(`pushes: ${perSecond}/s for ${seconds} s`);
    const processes = { gateway: gateway.pid, workers: workers.pid };
    const before = await standOf(stage);
    const cpuBefore = cpuOf(processes);
    await push(stage, seconds);
    const count = seconds * perSecond;
    await untilTold(stage, count + before);
    const cpu = cpuOf(processes);
    const spans = await spansOf(stage, before);
    if (spans.length !== count) throw new Error(`${count} pushes and ${spans.length} events`);
    const violations = await stack.checker.violations();
    if (violations.length > 0) throw new Error(`the books: ${JSON.stringify(violations)}`);
    return [...speedGates(spans), ...costGates({ count, cpuBefore, cpu })];
  } finally {
    await twinStack.close();
  }
}

/** Asks on schedule whether or not answers come; throws when one is not accepted. */
async function push({ client, shortcodeId }: Stage, seconds: number): Promise<void> {
  const startedMs = performance.now();
  const answers: Promise<void>[] = [];
  for (let n = 0; n < seconds * perSecond; n += 1) {
    const dueMs = startedMs + (n * 1_000) / perSecond;
    if (dueMs > performance.now()) await delay(Math.max(1, dueMs - performance.now()));
    answers.push(ask(client, { shortcodeId, n }));
  }
  await Promise.all(answers);
}

async function ask(client: ApiClient, wish: { shortcodeId: string; n: number }): Promise<void> {
  const { shortcodeId, n } = wish;
  const msisdn = `2547${String(10_000_000 + n)}`;
  const { status, body } = await client.post(
    '/v1/collections',
    { shortcodeId, msisdn, amountCents: 10_000, accountReference: `BENCH-${n}` },
    { 'idempotency-key': randomUUID() },
  );
  if (status >= 300) throw new Error(`a push was answered ${status}: ${JSON.stringify(body)}`);
}

const toldSql = `from shared.outbox where type = 'collection.paid' and published_at is not null`;

async function standOf({ twinStack }: Stage): Promise<number> {
  const [row] = await twinStack.stack.database.asOwner(`select count(*)::int as n ${toldSql}`);
  return Number(row?.['n']);
}

async function untilTold(stage: Stage, count: number): Promise<void> {
  await until(async () => (await standOf(stage)) >= count, { withinMs: 120_000, everyMs: 250 });
}

interface Span {
  /** Milliseconds from the request to the prompt, to the stored callback, to the posting, … */
  sentMs: number;
  heardMs: number;
  postedMs: number;
  /** … and to the event being with Kafka. */
  toldMs: number;
}

/** Of every push after the first `before`: by the clock of the database alone. */
async function spansOf({ twinStack }: Stage, before: number): Promise<Span[]> {
  const rows = await twinStack.stack.database.asOwner(
    `select extract(epoch from c.sent_at - c.created_at) * 1000 as sent,
       extract(epoch from i.received_at - c.created_at) * 1000 as heard,
       extract(epoch from l.recorded_at - c.created_at) * 1000 as posted,
       extract(epoch from o.published_at - c.created_at) * 1000 as told
     from shared.collections c
     join shared.ledger_transactions l on l.tenant_id = c.tenant_id
       and l.id = c.ledger_transaction_id
     join shared.outbox o on o.type = 'collection.paid' and o.published_at is not null
       and o.data::text like '%' || c.id || '%'
     left join lateral (select min(b.received_at) as received_at from shared.callback_inbox b
       where b.tenant_id = c.tenant_id and b.target_id = c.id) i on true
     order by c.created_at offset $1`,
    [before],
  );
  return rows.map((row) => ({
    sentMs: Number(row['sent']),
    heardMs: row['heard'] === null ? Infinity : Number(row['heard']) - pinAfterMs,
    postedMs: Number(row['posted']) - pinAfterMs,
    toldMs: Number(row['told']) - pinAfterMs,
  }));
}

function speedGates(spans: readonly Span[]): Gate[] {
  const sent = sorted(spans.map(({ sentMs }) => sentMs));
  const heard = sorted(spans.map(({ heardMs }) => heardMs));
  const posted = sorted(spans.map(({ postedMs }) => postedMs));
  const told = sorted(spans.map(({ toldMs }) => toldMs));
  return [
    absolute({
      ...{ gate: 'push-to-event-p95', unit: 'ms', limit: '<= 3000', figures: [at(told, 0.95)] },
      detail:
        `${spans.length} pushes at ${perSecond}/s, provider ${providerLatencyMs} ms: ` +
        `sent p50 ${at(sent, 0.5)}; callback stored p50 ${at(heard, 0.5)}, p95 ${at(heard, 0.95)}; ` +
        `posted p50 ${at(posted, 0.5)}, p95 ${at(posted, 0.95)}; ` +
        `told p50 ${at(told, 0.5)}, p99 ${at(told, 0.99)}`,
    }),
  ];
}

function costGates(cost: {
  count: number;
  cpuBefore: Record<string, number>;
  cpu: Record<string, number>;
}): Gate[] {
  const { count, cpuBefore, cpu } = cost;
  return Object.entries(cpu).map(([name, ms]) =>
    absolute({
      ...{ gate: `push-cpu-${name}`, unit: 'CPU ms', limit: '<= 60' },
      figures: [(ms - (cpuBefore[name] ?? 0)) / count],
      detail: `of the ${name} process per push, waiting included`,
    }),
  );
}

function cpuOf(processes: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuMsOf(pid)]));
}

function sorted(figures: readonly number[]): number[] {
  return [...figures].sort((a, b) => a - b);
}

function at(figures: readonly number[], share: number): number {
  return Math.round(figures[Math.floor(figures.length * share)] ?? Number.NaN);
}
