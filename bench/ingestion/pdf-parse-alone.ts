/** The reference for PDFs: the text of every page by pdf-parse, and nothing else. Prints its length. */
import { readFile } from 'node:fs/promises';
import { PDFParse } from 'pdf-parse';

const parser = new PDFParse({ data: new Uint8Array(await readFile(process.argv[2] ?? '')) });
const { text } = await parser.getText();
await parser.destroy();
console.log(text.length);
