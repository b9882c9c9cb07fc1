/** Widths of text in the standard fonts, remembered by word, and wrapping at spaces. */
import PDFDocument from 'pdfkit';

const widths = new Map<string, number>();
let ruler: PDFKit.PDFDocument | undefined;

/** Width in points of a text at a size, in one of the standard fonts. */
export function textWidth(text: string, size: number, font = 'Helvetica'): number {
  return (
    text.split(' ').reduce((sum, word) => sum + unitWidth(word, font), 0) * size +
    (text.split(' ').length - 1) * unitWidth(' ', font) * size
  );
}

/** Breaks a text at spaces into lines no wider than `width` points; a longer word stands alone. */
export function wrapText(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer, size) <= width || line === '') {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  return lines;
}

function unitWidth(word: string, font: string): number {
  const key = `${font} ${word}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  ruler ??= new PDFDocument({ autoFirstPage: false });
  const width = ruler.font(font).fontSize(1).widthOfString(word);
  if (widths.size < 50_000) widths.set(key, width);
  return width;
}
