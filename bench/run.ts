/**
 * `npm run bench -- NAME… [--json] [--smoke]`. Without names it runs every bench. Prints a table, or
 * with `--json` one object per gate; exits 1 when a gate falls short and 2 on wrong usage.
 */
import { parseArgs } from 'node:util';
import type { Bench, Gate } from './gate.ts';

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  ingestion: async () => (await import('./ingestion.ts')).ingestion,
  payments: async () => (await import('./payments.ts')).payments,
  edge: async () => (await import('./edge.ts')).edge,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, smoke: { type: 'boolean' } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(benches);
  const unknown = names.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    console.error(
      `No such bench: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`,
    );
    return 2;
  }
  const gates: Gate[] = [];
  for (const name of names) {
    const bench = await benches[name]?.();
    if (bench === undefined) continue;
    gates.push(
      ...(await bench.run({ isSmoke: values.smoke === true, say: (line) => console.error(line) })),
    );
  }
  if (values.json === true) for (const gate of gates) console.log(JSON.stringify(gate));
  else console.log(renderTable(gates));
  return gates.some((gate) => gate.ok === false) ? 1 : 0;
}

function renderTable(gates: readonly Gate[]): string {
  const head = ['gate', 'ours', 'reference', 'unit', 'ratio', 'limit', 'spread', ''];
  const rows = gates.map((gate) => [
    gate.gate,
    figure(gate.ours),
    figure(gate.reference),
    gate.unit,
    figure(gate.ratio),
    gate.limit,
    gate.spread === null ? '–' : `${figure(gate.spread[0])}–${figure(gate.spread[1])}`,
    gate.ok === null ? gate.detail : gate.ok ? 'ok' : 'SHORT',
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const notes = gates
    .filter((gate) => gate.ok !== null)
    .map((gate) => `${gate.gate}: ${gate.detail}`);
  return [line(head), ...rows.map(line), '', ...notes].join('\n');
}

function figure(value: number | null): string {
  if (value === null) return '–';
  return value.toLocaleString('en-KE', { maximumSignificantDigits: 4 });
}

process.exitCode = await main();
