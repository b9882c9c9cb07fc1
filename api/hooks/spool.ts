/**
 * Where callbacks wait on disk while the database is away: append-only files, each record with its
 * length and checksum, sealed, and on the platter before the callback is answered. A file is emptied
 * into the inbox as a whole and then removed; a record that is read twice is one row, because it
 * carries the id of that row. The folder belongs to one process: files are named after it, and those
 * of processes that are gone are taken over at the start.
 */
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { HouseBox } from '../../db/seal.ts';
import { id, type TenantId } from '../../domain/ids.ts';
import type { ArrivedCallback } from '../../db/callbacks.ts';

export interface SpooledCallback {
  tenantId: TenantId;
  callback: ArrivedCallback;
}

export interface Spool {
  /** Resolves once the record is on disk. Rejects with `SpoolFull` when there is no room left. */
  append(record: SpooledCallback): Promise<void>;
  /**
   * Hands every waiting record to `take`, file by file in order, and removes a file once all of it
   * is taken. Rejects when `take` does; the file then stays. Answers how many were taken.
   */
  drain(take: (records: readonly SpooledCallback[]) => Promise<void>): Promise<number>;
  /** Bytes on disk that wait. */
  bytes(): number;
  close(): Promise<void>;
}

export interface SpoolOptions {
  directory: string;
  box: HouseBox;
  bytesMax?: number;
  fileBytesMax?: number;
  /** Hears of a record that cannot be read: it was being written when the process died. */
  onTorn?: (file: string, bytes: number) => void;
}

interface Waiting {
  frame: Buffer;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const headerBytes = 8;
const sealContext = 'record';
const gibibyte = 1024 ** 3;

/** Opens the spool and takes over what processes that are gone have left. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const files = await leftFiles(options.directory);
  return new SpoolFolder(options, files.files, files.bytes);
}

async function leftFiles(directory: string): Promise<{ files: string[]; bytes: number }> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.spool'));
  const files = names.filter((name) => !isOfLivingOther(name)).toSorted();
  const sizes = await Promise.all(files.map((name) => stat(join(directory, name))));
  return { files, bytes: sizes.reduce((total, { size }) => total + size, 0) };
}

/** `callbacks-{pid}-{…}.spool`: another process of this machine may still write its files. */
function isOfLivingOther(name: string): boolean {
  const pid = Number(/^callbacks-(\d+)-/.exec(name)?.[1]);
  if (!Number.isSafeInteger(pid) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

class SpoolFolder implements Spool {
  readonly #options: SpoolOptions;
  #closed: string[];
  #bytes: number;
  #sequence = 0;
  #active: { handle: FileHandle; name: string; bytes: number } | undefined;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #draining: Promise<number> | undefined;

  constructor(options: SpoolOptions, left: string[], bytes: number) {
    this.#options = options;
    this.#closed = left;
    this.#bytes = bytes;
  }

  bytes(): number {
    return this.#bytes;
  }

  append(record: SpooledCallback): Promise<void> {
    const frame = frameOf(this.#options.box, record);
    if (this.#bytes + frame.length > (this.#options.bytesMax ?? gibibyte)) {
      return Promise.reject(Object.assign(new Error('the spool is full'), { name: 'SpoolFull' }));
    }
    this.#bytes += frame.length;
    return new Promise((resolve, reject) => {
      this.#queue.push({ frame, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Everything that waits goes to disk by one write and one fsync. */
  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      try {
        await this.#write(Buffer.concat(batch.map(({ frame }) => frame)));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { frame, reject } of batch) {
          this.#bytes -= frame.length;
          reject(error);
        }
      }
    }
    // In the same breath as the last look at the queue: what comes next starts a writer of its own.
    this.#writing = undefined;
  }

  async #write(bytes: Buffer): Promise<void> {
    const active = this.#active ?? (await this.#openNext());
    try {
      await active.handle.appendFile(bytes);
      await active.handle.datasync();
    } catch (error) {
      await this.#cutBack(active);
      throw error;
    }
    active.bytes += bytes.length;
    if (active.bytes >= (this.#options.fileBytesMax ?? 16 * 1024 * 1024)) await this.#rotate();
  }

  /**
   * Reading a file ends at its first broken record, so nothing may ever stand behind half of one: a
   * full disk takes some bytes and refuses the rest. What cannot be cut back is not written to again.
   */
  async #cutBack({ handle, bytes }: { handle: FileHandle; bytes: number }): Promise<void> {
    await handle.truncate(bytes).catch(() => this.#rotate());
  }

  async #openNext() {
    this.#sequence += 1;
    const stamp = `${Date.now()}-${String(this.#sequence).padStart(6, '0')}`;
    const name = `callbacks-${process.pid}-${stamp}.spool`;
    const handle = await open(join(this.#options.directory, name), 'a', 0o600);
    await syncDirectory(this.#options.directory);
    this.#active = { handle, name, bytes: 0 };
    return this.#active;
  }

  async #rotate(): Promise<void> {
    const active = this.#active;
    this.#active = undefined;
    if (active === undefined) return;
    await active.handle.close();
    this.#closed.push(active.name);
  }

  drain(take: (records: readonly SpooledCallback[]) => Promise<void>): Promise<number> {
    this.#draining ??= this.#drainAll(take).finally(() => (this.#draining = undefined));
    return this.#draining;
  }

  async #drainAll(take: (records: readonly SpooledCallback[]) => Promise<void>): Promise<number> {
    await this.#writing;
    if (this.#queue.length === 0 && this.#writing === undefined) await this.#rotate();
    let taken = 0;
    for (let name = this.#closed[0]; name !== undefined; name = this.#closed[0]) {
      const path = join(this.#options.directory, name);
      const bytes = await readFile(path);
      const { records, torn } = readFrames(this.#options.box, bytes);
      await take(records);
      if (torn > 0) {
        // Kept beside the others for whoever wants to look; it was never answered.
        await rename(path, `${path}.torn`);
        this.#options.onTorn?.(name, torn);
      } else await unlink(path);
      this.#closed.shift();
      this.#bytes = Math.max(0, this.#bytes - bytes.length);
      taken += records.length;
    }
    return taken;
  }

  async close(): Promise<void> {
    await this.#draining?.catch(() => {});
    await this.#writing;
    await this.#rotate();
  }
}

/** A new name in a folder is only there after a crash when the folder itself was synced. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function frameOf(box: HouseBox, { tenantId, callback }: SpooledCallback): Buffer {
  const { body, ...facts } = callback;
  const text = JSON.stringify({ tenantId, ...facts, body: body.toString('base64') });
  const sealed = box.seal(Buffer.from(text), sealContext);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(sealed.length, 0);
  header.writeUInt32BE(crc32(sealed), 4);
  return Buffer.concat([header, sealed]);
}

/** Reads as far as the file is whole; `torn` counts the bytes after that. */
function readFrames(box: HouseBox, bytes: Buffer): { records: SpooledCallback[]; torn: number } {
  const records: SpooledCallback[] = [];
  let at = 0;
  while (at + headerBytes <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const sealed = bytes.subarray(at + headerBytes, at + headerBytes + length);
    if (sealed.length < length || crc32(sealed) !== bytes.readUInt32BE(at + 4)) break;
    records.push(recordOf(box.open(sealed, sealContext)));
    at += headerBytes + length;
  }
  return { records, torn: bytes.length - at };
}

function recordOf(bytes: Buffer): SpooledCallback {
  const { tenantId, body, ...facts } = JSON.parse(bytes.toString('utf8'));
  return {
    tenantId: id('tenant', tenantId),
    callback: { ...facts, body: Buffer.from(body, 'base64'), arrivedBy: 'spool' },
  };
}
