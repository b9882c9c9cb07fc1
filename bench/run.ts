/**
 * `npm run bench -- NAME… [--json] [--smoke]`, where a name is a bench or one part of it, as
 * `payments` or `payments/ledger`. Without names it runs every bench. Prints a table, or with
 * `--json` one object per gate as each part ends; exits 1 when a gate falls short and 2 on wrong
 * usage.
 */
import { parseArgs } from 'node:util';
import { edge } from './edge.ts';
import type { Bench, Gate, Part } from './gate.ts';
import { ingestion } from './ingestion.ts';
import { payments } from './payments.ts';

const benches: Readonly<Record<string, Bench>> = { ingestion, payments, edge };

/** What a name asks for; undefined when there is no such bench or part. */
function partsOf(name: string): [string, Part][] | undefined {
  const [benchName = '', ...rest] = name.split('/');
  const bench = Object.hasOwn(benches, benchName) ? benches[benchName] : undefined;
  if (bench === undefined) return undefined;
  const parts = Object.entries(bench).map(([part, run]): [string, Part] => [
    `${benchName}/${part}`,
    run,
  ]);
  if (rest.length === 0) return parts;
  const asked = parts.filter(([whole]) => whole === name);
  return asked.length === 0 ? undefined : asked;
}

const known = (): string =>
  Object.keys(benches)
    .flatMap((name) => [name, ...(partsOf(name) ?? []).map(([part]) => part)])
    .join(', ');

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, smoke: { type: 'boolean' } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(benches);
  const asked = names.map((name) => ({ name, parts: partsOf(name) }));
  const unknown = asked.filter(({ parts }) => parts === undefined).map(({ name }) => name);
  if (unknown.length > 0) {
    console.error(`No such bench: ${unknown.join(', ')}. There are: ${known()}.`);
    return 2;
  }
  const options = { isSmoke: values.smoke === true, say: (line: string) => console.error(line) };
  const gates: Gate[] = [];
  for (const [, run] of asked.flatMap(({ parts = [] }) => parts)) {
    const ended = await run(options);
    gates.push(...ended);
    if (values.json === true) for (const gate of ended) console.log(JSON.stringify(gate));
    else for (const gate of ended) console.error(`  ${toldOf(gate)}`);
  }
  if (values.json !== true) console.log(renderTable(gates));
  return gates.some((gate) => gate.ok === false) ? 1 : 0;
}

/** A gate in a line, for whoever watches a long run. */
function toldOf({ gate, ratio, limit, ok, detail }: Gate): string {
  return ok === null
    ? `${gate}: ${detail}`
    : `${gate}: ${figure(ratio)} ${limit} ${ok ? 'ok' : 'SHORT'}`;
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
