/** Files people put on a row: a photo of a receipt or a PDF. */

/** What a row has at most. */
export const attachmentsMax = 5;
/** Bytes of one file. */
export const attachmentBytesMax = 5 * 1024 * 1024;
/** Bytes of all files a business has put on rows, those taken off within the last day included. */
export const attachedBytesMax = 2 * 1024 ** 3;
/** Hours in which a file that was taken off can be put back; then its bytes are erased. */
export const attachmentHoursKept = 24;

export const attachmentKinds = ['jpeg', 'png', 'webp', 'pdf'] as const;
export type AttachmentKind = (typeof attachmentKinds)[number];

export const attachmentMedia: Readonly<Record<AttachmentKind, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  pdf: 'application/pdf',
};

/** How many first bytes `attachmentKindOf` looks at. */
export const attachmentHeadBytes = 16;

/** Where bytes of each kind stand that no other file has there. */
const signatures: readonly (readonly [AttachmentKind, readonly (readonly [number, string])[]])[] = [
  ['jpeg', [[0, '\xff\xd8\xff']]],
  ['png', [[0, '\x89PNG\r\n\x1a\n']]],
  [
    'webp',
    [
      [0, 'RIFF'],
      [8, 'WEBPVP8'],
    ],
  ],
  ['pdf', [[0, '%PDF-']]],
];

/** What a file is by its first bytes, whatever it is called; undefined for anything else. */
export function attachmentKindOf(head: Uint8Array): AttachmentKind | undefined {
  const isAt = (at: number, text: string) =>
    [...text].every((letter, place) => head[at + place] === letter.charCodeAt(0));
  return signatures.find(([, parts]) => parts.every(([at, text]) => isAt(at, text)))?.[0];
}

const endings: Readonly<Record<AttachmentKind, RegExp>> = {
  jpeg: /\.jpe?g$/i,
  png: /\.png$/i,
  webp: /\.webp$/i,
  pdf: /\.pdf$/i,
};

/** The name with an ending that says what the file is: `bill.html` that is a PNG is `bill.html.png`. */
export function attachmentName(name: string, kind: AttachmentKind): string {
  return endings[kind].test(name) ? name : `${name}.${kind === 'jpeg' ? 'jpg' : kind}`;
}
