/** Writes PDFs object by object, so that they may be wrong in exactly one way. */

export type PdfObject = string | { dictionary: string; stream: Buffer };

/** A PDF of the given objects, numbered from 1; object 1 must be the catalog. */
export function pdfOf(objects: readonly PdfObject[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n%\xff\xff\xff\xff\n', 'latin1')];
  const offsets: number[] = [];
  let offset = parts[0]?.length ?? 0;
  for (const [index, object] of objects.entries()) {
    offsets.push(offset);
    const part = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      body(object),
      Buffer.from('\nendobj\n'),
    ]);
    parts.push(part);
    offset += part.length;
  }
  const entries = offsets.map((own) => `${String(own).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${size} /Root 1 0 R >>\n` +
        `startxref\n${offset}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

function body(object: PdfObject): Buffer {
  if (typeof object === 'string') return Buffer.from(object, 'latin1');
  const head = `<< ${object.dictionary} /Length ${object.stream.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), object.stream, Buffer.from('\nendstream')]);
}

export const catalog = '<< /Type /Catalog /Pages 2 0 R >>';
export const onePage = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>';
export const helvetica = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

/** A page that draws object 4 with object 5 as its font; `resources` come on top. */
export function page(resources = ''): string {
  return (
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ' +
    `/Resources << /Font << /F1 5 0 R >> ${resources} >> >>`
  );
}

/** A content stream that shows a text. */
export function showText(text: string): PdfObject {
  return { dictionary: '', stream: Buffer.from(`BT /F1 9 Tf 40 780 Td (${text}) Tj ET`, 'latin1') };
}
