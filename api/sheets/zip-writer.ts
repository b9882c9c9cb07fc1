/** A ZIP file, written piece by piece: entries are deflated while their bytes come in. */
import { crc32, createDeflateRaw } from 'node:zlib';

interface ZipEntry {
  name: Buffer;
  offset: number;
  checksum: number;
  packedBytes: number;
  plainBytes: number;
}

const versionNeeded = 20;
const methodDeflate = 8;
/** Bit 3: sizes follow the data, because they are not known before it; bit 11: names are UTF-8. */
const flags = 0x0808;
/** 1 January 1980 at midnight: equal exports are equal bytes. */
const dosDate = 0x0021;
const offsetMax = 0xffff_ffff;
const entriesMax = 0xfffe;

/** The container (PKWARE APPNOTE 4.3) below 4 GB and 65,536 entries; throws a RangeError beyond. */
export class ZipWriter {
  readonly #entries: ZipEntry[] = [];
  #offset = 0;

  async *entry(name: string, texts: AsyncIterable<string | Uint8Array>): AsyncGenerator<Buffer> {
    const entry: ZipEntry = {
      name: Buffer.from(name),
      offset: this.#offset,
      checksum: 0,
      packedBytes: 0,
      plainBytes: 0,
    };
    yield this.#counted(localHeader(entry));
    for await (const packed of deflated(texts, entry)) {
      entry.packedBytes += packed.length;
      yield this.#counted(packed);
    }
    yield this.#counted(numbers([0x08074b50, 4], ...sizesOf(entry)));
    this.#entries.push(entry);
  }

  directory(): Buffer {
    const records = Buffer.concat(this.#entries.map(centralHeader));
    const count = this.#entries.length;
    const end = numbers(
      [0x06054b50, 4],
      [0, 2],
      [0, 2],
      [count, 2],
      [count, 2],
      [records.length, 4],
      [this.#offset, 4],
      [0, 2],
    );
    return Buffer.concat([records, end]);
  }

  #counted(bytes: Buffer): Buffer {
    this.#offset += bytes.length;
    if (this.#offset > offsetMax || this.#entries.length > entriesMax) {
      throw new RangeError('too much for a ZIP file without its 64-bit extension');
    }
    return bytes;
  }
}

async function* deflated(
  texts: AsyncIterable<string | Uint8Array>,
  entry: ZipEntry,
): AsyncGenerator<Buffer> {
  const deflate = createDeflateRaw({ level: 6 });
  const feeding = feed(deflate, texts, entry);
  feeding.catch((error: unknown) => deflate.destroy(error instanceof Error ? error : undefined));
  for await (const packed of deflate) yield Buffer.from(packed);
  await feeding;
}

async function feed(
  deflate: NodeJS.WritableStream,
  texts: AsyncIterable<string | Uint8Array>,
  entry: ZipEntry,
): Promise<void> {
  for await (const text of texts) {
    const bytes = Buffer.from(text);
    entry.checksum = crc32(bytes, entry.checksum);
    entry.plainBytes += bytes.length;
    if (!deflate.write(bytes)) await new Promise((resolve) => deflate.once('drain', resolve));
  }
  deflate.end();
}

type Field = readonly [value: number, bytes: 2 | 4];

function localHeader(entry: ZipEntry): Buffer {
  const sizes: Field[] = [
    [0, 4],
    [0, 4],
    [0, 4],
  ];
  const lengths: Field[] = [
    [entry.name.length, 2],
    [0, 2],
  ];
  return Buffer.concat([numbers([0x04034b50, 4], ...method, ...sizes, ...lengths), entry.name]);
}

function centralHeader(entry: ZipEntry): Buffer {
  const start: Field[] = [
    [0x02014b50, 4],
    [versionNeeded, 2],
  ];
  const lengths: Field[] = [
    [entry.name.length, 2],
    [0, 2],
    [0, 2],
  ];
  const place: Field[] = [
    [0, 2],
    [0, 2],
    [0, 4],
    [entry.offset, 4],
  ];
  const fields = numbers(...start, ...method, ...sizesOf(entry), ...lengths, ...place);
  return Buffer.concat([fields, entry.name]);
}

const method: readonly Field[] = [
  [versionNeeded, 2],
  [flags, 2],
  [methodDeflate, 2],
  [0, 2],
  [dosDate, 2],
];

function sizesOf(entry: ZipEntry): Field[] {
  return [
    [entry.checksum, 4],
    [entry.packedBytes, 4],
    [entry.plainBytes, 4],
  ];
}

function numbers(...fields: readonly Field[]): Buffer {
  const bytes = Buffer.alloc(fields.reduce((length, [, size]) => length + size, 0));
  let at = 0;
  for (const [value, size] of fields) at = bytes.writeUIntLE(value, at, size);
  return bytes;
}
