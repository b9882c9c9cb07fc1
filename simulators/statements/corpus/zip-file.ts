/** Writes ZIP archives, also ones no honest tool would write. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  name: string;
  data: Uint8Array;
  /** Unix mode of the entry; a symbolic link is 0o120777. */
  mode?: number;
  /** Compressed already, with the size it inflates to. */
  deflated?: { bytes: Uint8Array; size: number; check: number };
}

/** The bytes of an archive with these entries in this order; dates are fixed. */
export function zipFile(entries: readonly ZipEntry[]): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const packed = pack(entry);
    const name = Buffer.from(entry.name, 'utf8');
    const shared = sharedFields(packed, name.length);
    const local = Buffer.concat([
      uint32(0x04034b50),
      uint16(20),
      shared,
      uint16(0),
      name,
      packed.bytes,
    ]);
    const central = Buffer.concat([
      uint32(0x02014b50),
      uint16(0x0314),
      uint16(20),
      shared,
      Buffer.alloc(8),
      uint32(((entry.mode ?? 0o100644) * 0x10000) % 0x100000000),
      uint32(offset),
      name,
    ]);
    locals.push(local);
    directory.push(central);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const count = uint16(entries.length);
  const end = [
    uint32(0x06054b50),
    uint32(0),
    count,
    count,
    uint32(central.length),
    uint32(offset),
    uint16(0),
  ];
  return new Uint8Array(Buffer.concat([...locals, central, ...end]));
}

interface Packed {
  bytes: Uint8Array;
  size: number;
  check: number;
}

function pack(entry: ZipEntry): Packed {
  if (entry.deflated !== undefined) return entry.deflated;
  const { data } = entry;
  return { bytes: deflateRawSync(data), size: data.length, check: crc32(data) };
}

/** Flags, method, time, date, check, sizes, name length: equal in both headers. */
function sharedFields(packed: Packed, nameLength: number): Buffer {
  return Buffer.concat([
    uint16(0x0800),
    uint16(8),
    uint16(0),
    uint16(0x5a21),
    uint32(packed.check),
    uint32(packed.bytes.length),
    uint32(packed.size),
    uint16(nameLength),
  ]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
