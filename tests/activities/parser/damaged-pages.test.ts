/** A page that does not unpack to what was packed is never read in part and called proven. */
import { tellFile } from '../../../domain/statements/file-phrases.ts';
import { pdfInputs } from '../../../simulators/statements/corpus/pdf-inputs.ts';
import { generateStatement } from '../../../simulators/statements/statement.ts';
import { readBytes } from './samples.ts';

/** Where the packed streams of a file lie, in bytes: one for each page. */
function streamsOf(bytes: Buffer): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (let at = bytes.indexOf('stream\n'); at >= 0;) {
    const from = at + 'stream\n'.length;
    const to = bytes.indexOf('endstream', from);
    const isPacked = bytes.toString('latin1', at - 60, at).includes('/FlateDecode');
    if (isPacked) found.push({ from, to });
    at = bytes.indexOf('stream\n', to + 'endstream'.length);
  }
  return found;
}

const damages = [
  { what: 'a byte that changed', damage: (b: Buffer, at: number) => flipped(b, at) },
  { what: 'bytes that went missing', damage: (b: Buffer, at: number) => without(b, at, 40) },
] as const;

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x10;
  return changed;
}

const without = (bytes: Buffer, at: number, count: number) =>
  Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]);

describe.each(['personal-a', 'till'] as const)('%s', (layout) => {
  test.each(damages)('$what, anywhere in a page', async ({ damage }) => {
    const { bytes } = await generateStatement({ layout, rows: 60, seed: 4 });
    const whole = Buffer.from(bytes);
    const pages = streamsOf(whole);
    expect(pages.length).toBeGreaterThan(1);

    for (const { from, to } of pages) {
      for (const share of [0.1, 0.5, 0.9]) {
        const at = Math.floor(from + (to - from) * share);
        const { problem } = await readBytes(damage(whole, at), 'pdf');

        expect({ at, problem: problem?.problem }).toEqual({ at, problem: 'malformed-pdf' });
      }
    }
  });
});

test('a page that unpacks to more than any statement is refused by its size, not by luck', async () => {
  const giant = pdfInputs.find(({ name }) => name === 'giant-content');
  const { problem } = await readBytes(Buffer.from((await giant?.bytes()) ?? []), 'pdf');

  expect(problem).toMatchObject({ problem: 'too-complex', detail: tellFile('part-giant') });
});
