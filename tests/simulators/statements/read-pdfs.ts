import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const script = join(__dirname, 'read-pdf-tables.mjs');

const readingSchema = z.array(
  z.object({
    tables: z.array(z.array(z.array(z.string()))).default([]),
    lines: z.array(z.string()).default([]),
    pageCount: z.number().default(0),
    info: z.record(z.string(), z.unknown()).default({}),
    error: z.string().optional(),
  }),
);
export type PdfReading = z.infer<typeof readingSchema>[number];

/** Opens PDFs with pdf-parse in one child process and gives their tables and lines. */
export function readPdfs(files: readonly { bytes: Uint8Array; password?: string }[]): PdfReading[] {
  const folder = mkdtempSync(join(tmpdir(), 'daftari-pdf-'));
  try {
    const requests = files.map(({ bytes, password }, index) => {
      const path = join(folder, `${index}.pdf`);
      writeFileSync(path, bytes);
      return { path, password };
    });
    const input = JSON.stringify(requests);
    const maxBuffer = 256 * 1024 * 1024;
    const output = execFileSync(process.execPath, [script], { input, maxBuffer });
    return readingSchema.parse(JSON.parse(output.toString('utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Rows of the statement table: those that begin with a receipt; wrapped cells become one line. */
export function statementRows(reading: PdfReading): string[][] {
  return reading.tables
    .flat()
    .filter(([receipt = '']) => /^[A-Z][A-Z0-9]{9}$/.test(receipt))
    .map((cells) => cells.map((cell) => cell.replaceAll('\n', ' ')));
}
