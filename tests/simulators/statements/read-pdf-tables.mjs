/**
 * Reads PDFs in a process of its own, because Jest cannot load the worker of pdf-parse.
 * Standard input: JSON [{path, password?}]; standard output: JSON [{tables, lines, pageCount, info}].
 */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { PDFParse } from 'pdf-parse';

async function readOne({ path, password }) {
  const parser = new PDFParse({ data: new Uint8Array(await readFile(path)), password });
  try {
    const { pages } = await parser.getTable();
    const { text: content } = await parser.getText();
    const { info } = await parser.getInfo();
    return {
      tables: pages.flatMap((page) => page.tables),
      lines: content.split('\n').map((line) => line.replaceAll('\t', ' ')),
      pageCount: pages.length,
      info,
    };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  } finally {
    await parser.destroy();
  }
}

const results = [];
for (const file of JSON.parse(await text(process.stdin))) results.push(await readOne(file));
process.stdout.write(JSON.stringify(results));
