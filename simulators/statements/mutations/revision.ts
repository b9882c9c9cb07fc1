/** Incremental updates of a PDF: the objects that differ are appended with a second cross-reference. */

interface Revision {
  /** Text of the trailer dictionary, without its brackets. */
  trailer: string;
  startOfReferences: number;
  /** Bytes of every object by its number. */
  objects: Map<number, Buffer>;
}

/**
 * Appends to the first version the objects that are different in the second, as an editor does that
 * saves incrementally. Both must be written by the same layout with the same number of objects.
 */
export function appendRevision(first: Uint8Array, second: Uint8Array): Uint8Array {
  const old = readRevision(Buffer.from(first));
  const fresh = readRevision(Buffer.from(second));
  if (old.objects.size !== fresh.objects.size) throw new Error('the versions do not correspond');
  const parts: Buffer[] = [Buffer.from(first)];
  const sections: string[] = [];
  let offset = first.length;
  for (const [number, object] of fresh.objects) {
    if (old.objects.get(number)?.equals(object) === true) continue;
    parts.push(object);
    sections.push(`${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`);
    offset += object.length;
  }
  const trailer = `${old.trailer}\n/Prev ${old.startOfReferences}`;
  const tail = `xref\n${sections.join('')}trailer\n<<\n${trailer}\n>>\nstartxref\n${offset}\n%%EOF\n`;
  return new Uint8Array(Buffer.concat([...parts, Buffer.from(tail, 'latin1')]));
}

function readRevision(bytes: Buffer): Revision {
  const text = bytes.toString('latin1');
  const startOfReferences = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)?.[1]);
  const table = text.slice(startOfReferences);
  const offsets = [...table.matchAll(/^(\d{10}) \d{5} n /gm)].map((match) => Number(match[1]));
  const trailer = /trailer\s*<<([\s\S]*?)>>\s*startxref/.exec(table)?.[1]?.trim() ?? '';
  const ends = [...offsets, startOfReferences].sort((a, b) => a - b);
  const objects = new Map<number, Buffer>();
  for (const [index, offset] of offsets.entries()) {
    const end = ends.find((own) => own > offset) ?? startOfReferences;
    objects.set(index + 1, bytes.subarray(offset, end));
  }
  return { trailer, startOfReferences, objects };
}
