import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sniffStatement } from '../../../activities/parser/sniff.ts';
import { sampleFiles } from '../../../web/src/statements/sample-files.ts';
import { readBytes } from './samples.ts';

const folder = join('web', 'public', 'samples');

describe('the files people may try', () => {
  test('are those that are offered', () => {
    expect(readdirSync(folder).sort()).toEqual(sampleFiles.map(({ file }) => file).sort());
  });

  test.each(sampleFiles.filter(({ file }) => file !== 'bank.csv'))(
    '$file is read, and found what it is said to be',
    async (sample) => {
      const bytes = readFileSync(join(folder, sample.file));
      const found = sniffStatement(bytes.subarray(0, 65_536), bytes.byteLength);
      if (!found.ok) throw new Error(found.detail);
      const password = 'password' in sample ? { password: sample.password } : {};
      const { report, lines } = await readBytes(bytes, found.mediaKind, password);

      expect(report?.verdict).toBe(sample.file === 'edited.pdf' ? 'needsReview' : 'proven');
      expect(lines.length).toBeGreaterThan(30);
    },
  );
});
