/**
 * What reading costs: our caged reader (typed rows, proof and tamper report) beside programs that
 * only deliver text, per second of processor time and with the start of the process included.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readStatement } from '../../activities/parser/cage.ts';
import type { MediaKind } from '../../domain/statements/terms.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import { spent } from '../cpu.ts';
import { compared, skipped, type BenchOptions, type Gate } from '../gate.ts';

const run = promisify(execFile);
const program = (name: string) => join(process.cwd(), 'bench', 'ingestion', name);

interface Material {
  bytes: Uint8Array;
  file: string;
  rowCount: number;
  totals: { inCents: number; outCents: number };
  units: number;
}

/** Gates for PDF pages and CSV rows per CPU-second. */
export async function readingGates(options: BenchOptions): Promise<Gate[]> {
  const folder = await mkdtemp(join(tmpdir(), 'daftari-bench-'));
  try {
    return [...(await pdfGates(folder, options)), await csvGate(folder, options)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function pdfGates(folder: string, { isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const rows = isSmoke ? 600 : 3_000;
  const { bytes, truth } = await generateStatement({
    layout: 'personal-a',
    rows,
    months: 12,
    seed: 11,
  });
  const file = join(folder, 'statement.pdf');
  await writeFile(file, bytes);
  const material = {
    bytes,
    file,
    rowCount: truth.rowCount,
    totals: truth.totals,
    units: truth.pageCount ?? 1,
  };
  say(`reading: a PDF of ${truth.rowCount} rows on ${material.units} pages`);
  const rounds = isSmoke ? 3 : 5;
  const ours = await perCpuSecond(rounds, material, () => readOurs(material, 'pdf'));
  const alone = await perCpuSecond(rounds, material, () => runNode('pdf-parse-alone.ts', file));
  const detail = `${material.units} pages, ${material.rowCount} rows; process start included`;
  const gate = {
    gate: 'pdf-pages-per-cpu-second',
    unit: 'pages/CPU-s',
    limit: isSmoke ? '>= 0.2' : '>= 0.4',
  };
  const textGate = { gate: 'pdf-pages-beside-pdftotext', unit: 'pages/CPU-s', limit: '>= 0.05' };
  return [
    compared({
      ...gate,
      ours,
      reference: alone,
      detail: `typed, proven rows beside the text of pdf-parse; ${detail}`,
    }),
    await besidePdftotext(textGate, { rounds, material, ours }),
  ];
}

async function besidePdftotext(
  gate: Pick<Gate, 'gate' | 'unit' | 'limit'>,
  { rounds, material, ours }: { rounds: number; material: Material; ours: number[] },
): Promise<Gate> {
  const found = await run('pdftotext', ['-v']).then(
    () => true,
    () => false,
  );
  if (!found) return skipped(gate, 'pdftotext is not installed (package poppler-utils)');
  const reference = await perCpuSecond(rounds, material, () =>
    run('pdftotext', ['-layout', material.file, '-'], { maxBuffer: 1 << 28 }),
  );
  return compared({
    ...gate,
    ours,
    reference,
    detail: 'beside pdftotext -layout, which delivers text only',
  });
}

async function csvGate(folder: string, { isSmoke, say }: BenchOptions): Promise<Gate> {
  const rows = isSmoke ? 20_000 : 100_000;
  const { bytes, truth } = await generateStatement({
    layout: 'classic-csv',
    rows,
    months: 12,
    seed: 12,
  });
  const file = join(folder, 'statement.csv');
  await writeFile(file, bytes);
  const material = {
    bytes,
    file,
    rowCount: truth.rowCount,
    totals: truth.totals,
    units: truth.rowCount,
  };
  say(`reading: a CSV of ${truth.rowCount} rows`);
  const rounds = isSmoke ? 3 : 5;
  return compared({
    gate: 'csv-rows-per-cpu-second',
    unit: 'rows/CPU-s',
    limit: isSmoke ? '>= 0.05' : '>= 0.1',
    ours: await perCpuSecond(rounds, material, () => readOurs(material, 'csv')),
    reference: await perCpuSecond(rounds, material, () => runNode('csv-parse-alone.ts', file)),
    detail: 'typed, explained and proven rows over a pipe beside csv-parse with columns alone',
  });
}

async function perCpuSecond(
  rounds: number,
  material: Material,
  work: () => Promise<unknown>,
): Promise<number[]> {
  const figures: number[] = [];
  await work();
  for (let round = 0; round < rounds; round += 1) {
    const { cpuSeconds } = await spent(work);
    figures.push(material.units / cpuSeconds);
  }
  return figures;
}

/** Reads with the product's reader and checks count and sums before the time may count. */
async function readOurs(material: Material, mediaKind: MediaKind): Promise<void> {
  async function* source() {
    for (let at = 0; at < material.bytes.length; at += 1 << 20)
      yield material.bytes.slice(at, at + (1 << 20));
  }
  let report;
  for await (const frame of readStatement(source(), { mediaKind, mode: 'read' })) {
    if (frame.t === 'needs') throw new Error(`the reader refused the bench file: ${frame.problem}`);
    if (frame.t === 'report') report = frame.report;
  }
  const { inCents, outCents } = material.totals;
  const isRight =
    report?.rowCount === material.rowCount &&
    report.totalInCents === inCents &&
    report.totalOutCents === outCents;
  if (!isRight)
    throw new Error(`the reader's figures differ from the truth: ${JSON.stringify(report)}`);
}

async function runNode(script: string, file: string): Promise<void> {
  const { stdout } = await run(process.execPath, [program(script), file], { maxBuffer: 1 << 28 });
  if (!(Number(stdout) > 0)) throw new Error(`${script} found nothing in the bench file`);
}
