/**
 * Opens a PDF through pdf-parse with everything off that runs, fetches or draws: no evaluation of
 * strings, no fonts, no images, no forms, no network. Gives positioned text and ruled tables.
 */
import type { PDFParse } from 'pdf-parse';
import type { FileProblem } from '../../domain/statements/terms.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';
import { createPlacing, type JsTextItem } from './pdf-placing.ts';

export interface TextItem {
  text: string;
  /** Left edge, right edge and baseline in points; y grows downwards from the top of the page. */
  x: number;
  right: number;
  y: number;
  /** Size of the type in points. */
  size: number;
  /** The document's own name for the font; `fontName` turns it into the real one. */
  font: string;
}

export interface PdfFile {
  pageCount: number;
  /** The information dictionary as strings, for example `Producer` and `ModDate`. */
  info: ReadonlyMap<string, string>;
  isEncrypted: boolean;
  /** Scripts, attachments or forms that pdf.js found in the document's structure. */
  hasActiveContent: boolean;
  textOf(page: number): Promise<TextItem[]>;
  /** Ruled tables of a page as rows of cell texts; empty when no borders are drawn. */
  tablesOf(page: number): Promise<string[][][]>;
  fontName(font: string): string;
  close(): Promise<void>;
}

export type OpenedPdf =
  { ok: true; file: PdfFile } | { ok: false; problem: FileProblem; detail: string };

/** A page of a statement has some hundred pieces of text; reading stops soon after this many. */
export const maxItemsPerPage = 100_000;

/** The parts of pdf.js's document and page that are used here. */
interface JsDocument {
  getPage(page: number): Promise<JsPage>;
  hasJSActions(): Promise<boolean>;
  getAttachments(): Promise<unknown>;
}
interface JsPage {
  getViewport(options: { scale: number }): { transform: number[] };
  streamTextContent(): ReadableStream<{ items: unknown[] }>;
  commonObjs: { has(id: string): boolean; get(id: string): unknown };
  cleanup(): void;
}

/** Opens `bytes`; refuses with `password-needed`, `password-wrong` or `malformed-pdf`. */
export async function openPdf(bytes: Buffer, password: string | undefined): Promise<OpenedPdf> {
  // pdf.js wants this class of the browser while it loads, and uses it only for drawing.
  Reflect.set(globalThis, 'DOMMatrix', class {});
  const { PDFParse } = await import('pdf-parse');
  const parser = new PDFParse({
    data: new Uint8Array(bytes),
    ...(password !== undefined && { password }),
    isEvalSupported: false,
    useWasm: false,
    useSystemFonts: false,
    disableFontFace: true,
    enableXfa: false,
    useWorkerFetch: false,
    maxImageSize: 1,
    // Otherwise it leaves out what it cannot decode, and a page without its rows looks whole.
    stopAtErrors: true,
    verbosity: 0,
  });
  try {
    return { ok: true, file: await fileOf(parser) };
  } catch (error) {
    await parser.destroy();
    return { ok: false, ...problemOf(error) };
  }
}

/** Part of a page cannot be decoded: what is left of it is not the page. */
export class DamagedPage extends Error {}

/** Faults that pdf.js tells of are named as exceptions; a fault of ours goes on as it is. */
async function orDamaged<Read>(read: () => Promise<Read>): Promise<Read> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof Error) || !cause.name.endsWith('Exception')) throw cause;
    throw new DamagedPage('a page cannot be decoded', { cause });
  }
}

function problemOf(error: unknown): { problem: FileProblem; detail: string } {
  const { name, message } = error instanceof Error ? error : new Error('unknown');
  if (name !== 'PasswordException') {
    return { problem: 'malformed-pdf', detail: tellFile('pdf-damaged') };
  }
  return /no password/i.test(message)
    ? { problem: 'password-needed', detail: tellFile('pdf-locked') }
    : { problem: 'password-wrong', detail: tellFile('pdf-password-wrong') };
}

async function fileOf(parser: PDFParse): Promise<PdfFile> {
  const { total, info } = await parser.getInfo();
  // pdf-parse keeps pdf.js's document to itself, but only that one has the text with its places.
  const document: unknown = Reflect.get(parser, 'doc');
  if (!isDocument(document)) throw new TypeError('pdf-parse holds no document');
  const fonts = new Map<string, string>();
  const facts = textEntries(info);
  /** The text of the page read last, because its tables are filled with the same text. */
  let latest: { page: number; text: unknown[] } = { page: 0, text: [] };
  return {
    pageCount: total,
    info: facts,
    isEncrypted: facts.has('EncryptFilterName'),
    hasActiveContent: await isActive(document, facts),
    textOf: (page) =>
      orDamaged(async () => {
        const loaded = await document.getPage(page);
        const { text, items } = await itemsOf(loaded);
        latest = { page, text };
        rememberFonts(loaded, items, fonts);
        loaded.cleanup();
        return items;
      }),
    tablesOf: (page) =>
      orDamaged(async () => {
        const loaded = await document.getPage(page);
        const isKnown = latest.page === page && latest.text.length <= maxItemsPerPage;
        // Reading the text a second time would cost as much as finding the borders.
        if (isKnown) Reflect.set(loaded, 'getTextContent', async () => ({ items: latest.text }));
        try {
          const { pages } = await parser.getTable({ partial: [page] });
          return pages[0]?.tables ?? [];
        } finally {
          Reflect.deleteProperty(loaded, 'getTextContent');
        }
      }),
    fontName: (font) => fonts.get(font) ?? font,
    close: () => parser.destroy(),
  };
}

function textEntries(info: unknown): Map<string, string> {
  const entries = typeof info === 'object' && info !== null ? Object.entries(info) : [];
  return new Map(
    entries.flatMap(([key, value]) =>
      typeof value === 'string' || value === true ? [[key, String(value)] as const] : [],
    ),
  );
}

async function isActive(document: JsDocument, info: ReadonlyMap<string, string>): Promise<boolean> {
  if (info.has('IsXFAPresent')) return true;
  return (await document.hasJSActions()) || (await document.getAttachments()) !== null;
}

/** The text as pdf.js gives it, and the pieces that show something, placed on the page. */
async function itemsOf(page: JsPage): Promise<{ text: unknown[]; items: TextItem[] }> {
  const placing = createPlacing(page.getViewport({ scale: 1 }).transform);
  const text: unknown[] = [];
  const reader = page.streamTextContent().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    for (const item of piece.value.items) {
      const isLeaning = isTextItem(item) && item.str.trim() !== '' && !placing.add(item);
      if (!isLeaning) text.push(item);
    }
    if (placing.count > maxItemsPerPage) {
      // pdf.js wants a reason that is an Error.
      await reader.cancel(new Error('more text than any statement'));
      break;
    }
  }
  return { text, items: placing.items() };
}

/** Real names are known once the page's drawing instructions have been read, as tables need them. */
function rememberFonts(page: JsPage, items: readonly TextItem[], fonts: Map<string, string>): void {
  for (const { font } of items) {
    if (fonts.has(font) || !page.commonObjs.has(font)) continue;
    const details = page.commonObjs.get(font);
    const name: unknown =
      typeof details === 'object' && details !== null ? Reflect.get(details, 'name') : undefined;
    if (typeof name === 'string') fonts.set(font, name.replace(/^[A-Z]{6}\+/, ''));
  }
}

function isDocument(value: unknown): value is JsDocument {
  return typeof value === 'object' && value !== null && 'getPage' in value && 'numPages' in value;
}

function isTextItem(item: unknown): item is JsTextItem {
  return typeof item === 'object' && item !== null && 'str' in item && 'transform' in item;
}
