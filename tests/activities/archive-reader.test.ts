/** What our archives are written and read with: small ones, long ones, and bad ones. */
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { ZipFile } from 'yazl';
import { NoArchive, openArchive, type Archive } from '../../activities/archive-reader.ts';
import { zipped, type ZipEntry } from '../../activities/sheets/zip-writer.ts';

const entry = (name: string, ...texts: (string | Buffer)[]): ZipEntry => ({
  name,
  pieces: async function* () {
    yield* texts;
  },
});

function open(bytes: Buffer): Promise<Archive> {
  return openArchive(async ({ from, to }) => bytes.subarray(from, to), bytes.length);
}

async function textOf(archive: Archive, name: string): Promise<string> {
  const found = archive.entries.get(name);
  if (found === undefined) throw new Error(`no entry ${name}`);
  return (await buffer(archive.read(found))).toString();
}

describe('an archive', () => {
  test('says what was put into it, in whatever pieces, and the same bytes each time', async () => {
    const contents = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}$/),
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }),
      { minKeys: 1, maxKeys: 6 },
    );
    await fc.assert(
      fc.asyncProperty(contents, async (files) => {
        const entries = () => Object.entries(files).map(([name, texts]) => entry(name, ...texts));
        const bytes = await buffer(zipped(entries()));
        expect(await buffer(zipped(entries()))).toEqual(bytes);
        const archive = await open(bytes);
        expect([...archive.entries.keys()]).toEqual(Object.keys(files));
        for (const [name, texts] of Object.entries(files)) {
          expect(await textOf(archive, name)).toBe(Buffer.from(texts.join('')).toString());
        }
      }),
      { numRuns: 40 },
    );
  });

  test('in the 64-bit form that more than 4 GB need is read alike', async () => {
    const forceZip64Format = true;
    const long = new ZipFile();
    long.addBuffer(Buffer.from('text'), 'a', { forceZip64Format });
    long.end({ forceZip64Format, comment: '' });
    expect(await textOf(await open(await buffer(long.outputStream)), 'a')).toBe('text');
  });

  test('larger than a piece that is read at once comes back byte for byte', async () => {
    const noise = Buffer.from(
      Array.from({ length: 3_000_000 }, (_, index) => (index * index * 31 + index) % 251),
    );
    const archive = await open(await buffer(zipped([entry('a', noise), entry('b', 'end')])));
    const found = archive.entries.get('a');
    if (found === undefined) throw new Error('it was put in');
    expect((await buffer(archive.read(found))).equals(noise)).toBe(true);
    expect(await textOf(archive, 'b')).toBe('end');
  });

  test('that is not one, is cut off, or names two files alike is refused', async () => {
    const bytes = await buffer(zipped([entry('a', 'x'.repeat(500)), entry('b', 'y')]));
    const twice = await buffer(zipped([entry('a', 'x'), entry('a', 'y')]));
    for (const bad of [Buffer.from('no'), Buffer.alloc(0), Buffer.alloc(300), twice]) {
      await expect(open(bad)).rejects.toThrow(NoArchive);
    }
    for (let length = 1; length < bytes.length; length += 7) {
      await expect(open(bytes.subarray(0, length))).rejects.toThrow(NoArchive);
    }
  });

  test.each([
    ['promises fewer bytes than it unpacks to', 24],
    ['lies about how much is packed', 20],
    ['is somewhere else', 42],
  ])('of which an entry %s is refused while it is read', async (_what, at) => {
    const bytes = await buffer(zipped([entry('a', 'x'.repeat(5_000))]));
    const directory = bytes.indexOf(Buffer.from('504b0102', 'hex'));
    bytes.writeUInt32LE(7, directory + at);

    const archive = await open(bytes);

    await expect(textOf(archive, 'a')).rejects.toThrow(NoArchive);
  });

  test.each(['../a', '/a', 'a\\b'])('with the name %s is refused', async (name) => {
    const bytes = await buffer(zipped([entry('x'.repeat(name.length), 'text')]));
    const place = Buffer.from('x'.repeat(name.length));
    for (let at = bytes.indexOf(place); at !== -1; at = bytes.indexOf(place, at + 1)) {
      bytes.write(name, at);
    }
    await expect(open(bytes)).rejects.toThrow(NoArchive);
  });

  test('whose bytes cannot be fetched is no bad archive: the fault is told as it is', async () => {
    const bytes = await buffer(zipped([entry('a', 'text')]));
    const away = new Error('the database is away');
    let isAway = true;
    const readAt = async ({ from, to }: { from: number; to: number }) => {
      if (isAway) throw away;
      return bytes.subarray(from, to);
    };
    await expect(openArchive(readAt, bytes.length)).rejects.toBe(away);
    isAway = false;
    expect((await openArchive(readAt, bytes.length)).entries.size).toBe(1);
  });
});

describe('writing one', () => {
  test('fails as its contents fail', async () => {
    const broken: ZipEntry = {
      name: 'b',
      pieces: async function* () {
        yield 'some';
        throw new Error('the rows broke off');
      },
    };
    await expect(buffer(zipped([entry('a', 'x'), broken]))).rejects.toThrow('the rows broke off');
  });

  test('ends its contents when the reader leaves, and asks for no later ones', async () => {
    const ended = Promise.withResolvers<void>();
    const asked: string[] = [];
    const endless: ZipEntry = {
      name: 'a',
      pieces: async function* () {
        try {
          for (let row = 0; ; row += 1) yield `${row} ${Math.sqrt(row)}\n`.repeat(100);
        } finally {
          ended.resolve();
        }
      },
    };
    const later: ZipEntry = {
      name: 'b',
      pieces: async function* () {
        asked.push('b');
        yield 'x';
      },
    };
    for await (const piece of zipped([endless, later])) {
      if (piece.length > 1_000) break;
    }
    await ended.promise;
    expect(asked).toEqual([]);
  });
});
