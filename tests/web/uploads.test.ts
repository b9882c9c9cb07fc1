import { isTabular } from '../../web/src/statements/pasted-files.ts';
import { localProblem } from '../../web/src/request.ts';
import {
  canRetry,
  percentSent,
  refusalOf,
  startable,
  uploadItem,
  type UploadItem,
} from '../../web/src/statements/upload-queue.ts';

const anItem = (change: Partial<UploadItem> = {}): UploadItem => ({
  ...uploadItem(crypto.randomUUID(), { name: 'november.pdf', size: 400_000 }),
  ...change,
});

describe('files that are handed over', () => {
  test.each([
    ['statement.pdf', 1, null],
    ['STATEMENT.PDF', 20 * 1024 * 1024, null],
    ['statement.pdf', 20 * 1024 * 1024 + 1, 'file-too-large'],
    ['export.csv', 64 * 1024 * 1024, null],
    ['export.csv', 64 * 1024 * 1024 + 1, 'file-too-large'],
    ['photo.jpg', 10, 'unsupported-type'],
    ['noending', 10, 'unsupported-type'],
    ['empty.xlsx', 0, 'empty-file'],
  ])('%s of %d bytes: %s', (name, size, code) => {
    expect(refusalOf({ name, size })).toBe(code);
  });

  test('a file that cannot be sent arrives as failed, with the reason', () => {
    expect(uploadItem('k', { name: 'photo.jpg', size: 5 })).toMatchObject({
      state: 'failed',
      problem: { code: 'unsupported-type' },
    });
  });
});

describe('the queue', () => {
  test('two files are sent at a time, in the order they were given', () => {
    const [first, second, third] = [anItem(), anItem(), anItem()];

    expect(startable([first, second, third])).toEqual([first, second]);
    expect(startable([{ ...first, state: 'sending' }, second, third])).toEqual([second]);
    expect(
      startable([{ ...first, state: 'sending' }, { ...second, state: 'sending' }, third]),
    ).toEqual([]);
  });

  test('per cent are whole and 100 only at the last byte', () => {
    expect(percentSent({ sentBytes: 999_999, sizeBytes: 1_000_000 })).toBe(99);
    expect(percentSent({ sentBytes: 1_000_000, sizeBytes: 1_000_000 })).toBe(100);
    expect(percentSent({ sentBytes: 0, sizeBytes: 0 })).toBe(0);
  });

  test('trying again is offered where it can help and nowhere else', () => {
    const failed = (code: string, status: number) =>
      anItem({
        state: 'failed',
        problem: localProblem(code, status),
      });

    expect(canRetry(failed('network', 0))).toBe(true);
    expect(canRetry(failed('unavailable', 503))).toBe(true);
    expect(canRetry(failed('throttled', 429))).toBe(true);
    expect(canRetry(failed('unsupported-type', 415))).toBe(false);
    expect(canRetry(anItem({ state: 'cancelled' }))).toBe(true);
    expect(canRetry(anItem({ state: 'accepted' }))).toBe(false);
  });
});

describe('pasted text', () => {
  test('rows and columns are a file, prose is not', () => {
    expect(isTabular('Date,Details,Amount\n1,a,2\n2,b,3\n')).toBe(true);
    expect(isTabular('Date\tDetails\tAmount\r\n1\ta\t2\r\n2\tb\t3')).toBe(true);
    expect(isTabular('Hello,\nplease find the statement, as discussed.\nRegards')).toBe(false);
    expect(isTabular('a,b,c')).toBe(false);
  });
});
