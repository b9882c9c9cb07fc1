/** Opens pdfkit the way the real producer writes files, and collects its bytes. */
import PDFDocument from 'pdfkit';
import { epochMsOf } from '../../../domain/time.ts';
import type { Cipher, Draft } from '../draft.ts';

/** pdfkit chooses the cipher by the PDF version. */
const versionOfCipher: Record<Cipher, '1.3' | '1.4' | '1.6' | '1.7ext3'> = {
  'rc4-40': '1.3',
  'rc4-128': '1.4',
  'aes-128': '1.6',
  'aes-256': '1.7ext3',
};

/**
 * A document without pages. The file id is a digest of the metadata, so without a password or with
 * RC4 the bytes depend on the draft alone; AES adds random initialisation vectors.
 */
export function openPdf(draft: Draft, size: [number, number]): PDFKit.PDFDocument {
  const { password, cipher } = draft.printing;
  const lock =
    password === undefined
      ? { pdfVersion: '1.4' as const }
      : { pdfVersion: versionOfCipher[cipher], userPassword: password, ownerPassword: 'daftari' };
  const info = {
    Producer: draft.metadata.producer,
    CreationDate: new Date(epochMsOf(draft.metadata.createdAt)),
    ModDate: new Date(epochMsOf(draft.metadata.modifiedAt)),
  };
  const doc = new PDFDocument({ ...lock, size, margin: 0, info, autoFirstPage: false });
  delete doc.info.Creator;
  if (draft.printing.hasScript) doc.addNamedJavaScript('greeting', 'app.alert("opened");');
  return doc;
}

/** Ends the document and gives its bytes. */
export async function closePdf(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  doc.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    doc.on('end', resolve);
    doc.on('error', reject);
  });
  doc.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}
