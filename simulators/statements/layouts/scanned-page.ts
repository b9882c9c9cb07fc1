/** Pages as pictures: what a phone or a scanner makes of a statement. They hold no text at all. */
import { crc32, deflateSync } from 'node:zlib';
import type { PlannedPage } from '../draft.ts';

const width = 300;
const height = 424;
const white = 255;

/** Draws every page as a grey picture in which rows are dark bars. */
export function drawScannedPages(
  doc: PDFKit.PDFDocument,
  size: [number, number],
  pages: readonly PlannedPage[],
): void {
  for (const page of pages) {
    doc.addPage({ size, margin: 0 });
    doc.image(Buffer.from(greyPicture(page.rows.length)), 0, 0, { width: size[0] });
  }
}

/** A PNG picture, 8 bit grey, with one bar per row. */
function greyPicture(bars: number): Uint8Array {
  const lines = Buffer.alloc((width + 1) * height, white);
  for (let y = 0; y < height; y += 1) {
    lines[y * (width + 1)] = 0;
    const bar = Math.floor((y - 20) / 6);
    if (y < 20 || bar >= bars || y % 6 < 3) continue;
    for (let x = 20; x < width - 20; x += 1) lines[y * (width + 1) + x] = (x * 7 + bar * 31) % 90;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(lines)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
