import {
  attachmentHeadBytes,
  attachmentKindOf,
  attachmentKinds,
  attachmentName,
} from '../../../domain/statements/attachments.ts';
import { receiptBytes } from '../../support/attachments.ts';

test.each(attachmentKinds)('a %s is recognised by its first bytes alone', (kind) => {
  const bytes = receiptBytes(kind);

  expect(attachmentKindOf(bytes.subarray(0, attachmentHeadBytes))).toBe(kind);
  expect(attachmentKindOf(Buffer.concat([Buffer.from(' '), bytes]))).toBeUndefined();
});

test.each([
  ['nothing', ''],
  ['a page', '<!doctype html><script>alert(1)</script>'],
  ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['a GIF', 'GIF89a\x01\x00'],
  ['a program', 'MZ\x90\x00'],
  ['a sound in the wrapping of a WebP', 'RIFF\x00\x00\x00\x00WAVEfmt '],
  ['the beginning of a PNG alone', '\x89PNG'],
])('%s is no receipt', (_what, text) => {
  expect(attachmentKindOf(Buffer.from(text, 'latin1'))).toBeUndefined();
});

test.each([
  ['bill.PDF', 'pdf', 'bill.PDF'],
  ['photo.jpeg', 'jpeg', 'photo.jpeg'],
  ['photo.JPG', 'jpeg', 'photo.JPG'],
  ['bill.html', 'png', 'bill.html.png'],
  ['receipt', 'webp', 'receipt.webp'],
  ['photo.png', 'jpeg', 'photo.png.jpg'],
] as const)('%s that is a %s is called %s', (name, kind, called) => {
  expect(attachmentName(name, kind)).toBe(called);
});
