/** Keeps the book and the key pair in a JSON file, so that a twin can be stopped and started again. */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { indexEntry } from './book/entries.ts';
import type { BookLine } from './book/book.ts';
import type { Customer, Entry, Organisation } from './terms.ts';
import type { World } from './world.ts';

interface Saved {
  privateKeyPem: string;
  sequence: number;
  balances: [string, number][];
  customers: Customer[];
  organisations: Organisation[];
  entries: Entry[];
  lines: [string, BookLine[]][];
  moved: World['book']['moved'] extends Map<infer K, infer V> ? [K, V][] : never;
}

/** What an earlier twin left in the file; undefined when there is none yet. */
export async function readSaved(path: string): Promise<Saved | undefined> {
  if (!existsSync(path)) return undefined;
  return JSON.parse(await readFile(path, 'utf8')) as Saved;
}

/** Fills an empty world. Prompts and results that were under way have lapsed. */
export function restore(world: World, saved: Saved): void {
  const { book } = world;
  world.restoreSequence(saved.sequence);
  book.accounts.restore(saved.balances);
  for (const customer of saved.customers) book.customers.set(customer.msisdn, customer);
  for (const organisation of saved.organisations) {
    book.organisations.set(organisation.number, organisation);
  }
  for (const entry of saved.entries) {
    const isLapsed = entry.status === 'pending';
    indexEntry(book, isLapsed ? { ...entry, status: 'expired', resultCode: '1019' } : entry);
  }
  for (const [shortcode, lines] of saved.lines) book.lines.set(shortcode, lines);
  for (const [key, amount] of saved.moved) book.moved.set(key, amount);
}

/** Writes the file whole or not at all. Bill Manager and standing orders are not kept. */
export async function save(world: World, path: string): Promise<void> {
  const { book } = world;
  const saved: Saved = {
    privateKeyPem: world.keys.privateKeyPem,
    sequence: world.lastSequence(),
    balances: book.accounts.balances(),
    customers: [...book.customers.values()],
    organisations: [...book.organisations.values()].map((one) => ({ ...one, bills: undefined })),
    entries: book.entries,
    lines: [...book.lines],
    moved: [...book.moved],
  };
  await writeFile(`${path}.new`, JSON.stringify(saved));
  await rename(`${path}.new`, path);
}

const everyMs = 2_000;

/** Saves every two seconds while something happens; the answer saves a last time and stops. */
export function keepSaving(world: World, path: string): () => Promise<void> {
  let last = -1;
  let writing = Promise.resolve();
  const write = (): void => {
    if (world.lastSequence() === last) return;
    last = world.lastSequence();
    writing = writing.then(() => save(world, path));
    writing.catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  };
  const timer = setInterval(write, everyMs);
  return async () => {
    clearInterval(timer);
    await writing;
    await save(world, path);
  };
}
