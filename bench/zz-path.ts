import { readFileSync, readdirSync } from 'node:fs';
import { generateStatement } from '../simulators/statements/statement.ts';
import pg from 'pg';
import { openStack } from '../tests/support/stack.ts';
const rows = Number(process.argv[2] ?? 200000);
const prof = process.argv[3] === 'prof';
const layout = (process.argv[4] ?? 'classic-csv') as 'classic-csv';
const tick = 100;
function cpuOf(pid: number, withChildren = false): number {
  try {
    const s = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const f = s.slice(s.lastIndexOf(')') + 2).split(' ');
    return (Number(f[11]) + Number(f[12]) + (withChildren ? Number(f[13]) + Number(f[14]) : 0)) / tick;
  } catch { return 0; }
}
const pgSeen = new Map<number, { first: number; last: number; cmd: string }>();
function samplePg(dbName: string) {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    let cmd = '';
    try { cmd = readFileSync(`/proc/${name}/cmdline`, 'utf8'); } catch { continue; }
    if (!cmd.startsWith('postgres:')) continue;
    const mine = cmd.includes(dbName);
    if (!mine && !/checkpointer|walwriter|background writer|io worker/.test(cmd)) continue;
    const c = cpuOf(pid);
    const seen = pgSeen.get(pid);
    if (!seen) pgSeen.set(pid, { first: mine ? 0 : c, last: c, cmd: cmd.slice(0, 80).replaceAll('\0', ' ') });
    else seen.last = c;
  }
}
const stack = await openStack();
try {
  const env = prof ? { NODE_OPTIONS: '--cpu-prof --cpu-prof-dir=/tmp/speed/prof' } : {};
  const [gateway, workers] = await Promise.all([stack.startGateway(), stack.startWorkers(env)]);
  const client = await stack.client();
  const file0 = await generateStatement({ layout, rows: 500, seed: 1 });
  const w = await client.upload(file0);
  await client.settled(w.body.statement.id, 300_000);
  const file = await generateStatement({ layout, rows, months: 12, seed: 22 });
  const dbName = new URL(stack.database.appUrl).pathname.slice(1);
  samplePg(dbName);
  for (const s of pgSeen.values()) s.first = s.last;
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${workers.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const rss0 = rss(); let peak = rss0;
  const spy = new pg.Client({ connectionString: stack.database.ownerUrl }); await spy.connect();
  const seenQ = new Map<string, number>();
  const spyTimer = setInterval(() => { void spy.query("select left(regexp_replace(query, '\\s+', ' ', 'g'), 90) q, coalesce(wait_event,'cpu') w from pg_stat_activity where datname = current_database() and state='active' and pid <> pg_backend_pid()").then((r) => { for (const x of r.rows) { const k = x.w + ' ' + x.q; seenQ.set(k, (seenQ.get(k) ?? 0) + 1); } }).catch(() => {}); }, 100);
  const timer = setInterval(() => { samplePg(dbName); peak = Math.max(peak, rss()); }, 200);
  const c0 = { w: cpuOf(workers.pid), wc: cpuOf(workers.pid, true), g: cpuOf(gateway.pid) };
  const start = performance.now();
  const up = await client.upload(file);
  const st = await client.settled(up.body.statement.id, 600_000);
  const wall = (performance.now() - start) / 1000;
  clearInterval(timer); clearInterval(spyTimer); await spy.end();
  for (const [q, n] of [...seenQ].sort((a, b) => b[1] - a[1]).slice(0, 16)) console.log(n, q);
  samplePg(dbName);
  const { body } = await client.get<{ createdAt: string; stages: { stage: string; at: string }[]; verdict: string; rowCount: number }>(`/v1/statements/${st.id}`);
  console.log('wall', wall.toFixed(1), body.verdict, body.rowCount);
  console.log(body.stages.map((s) => `${s.stage} ${((Date.parse(s.at) - Date.parse(body.createdAt)) / 1000).toFixed(1)}`).join('  '));
  console.log('rss growth', (peak - rss0).toFixed(0), 'from', rss0.toFixed(0));
  const own = cpuOf(workers.pid) - c0.w;
  console.log('cpu workers', own.toFixed(1), 'children', (cpuOf(workers.pid, true) - c0.wc - own).toFixed(1), 'gateway', (cpuOf(gateway.pid) - c0.g).toFixed(1));
  let total = 0;
  const lines: string[] = [];
  for (const [pid, s] of pgSeen) { const d = s.last - s.first; if (s.cmd.includes(dbName)) total += d; if (d > 0.3) lines.push(`${pid} ${d.toFixed(1)} ${s.cmd}`); }
  console.log('pg backends', total.toFixed(1)); console.log(lines.join('\n'));
  if (process.argv[5] !== 'keep') console.log('invariants', (await stack.database.invariants()).length);
  if (prof) await workers.stop();
} finally { if (process.argv[5] === "keep") { console.log(stack.database.ownerUrl); process.exit(0); } await stack.close(); }
