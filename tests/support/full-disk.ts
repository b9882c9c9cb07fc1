/**
 * A disk without room, at the border where the product meets it: the error that PostgreSQL raises
 * when it cannot extend a file, and the one a write to a file ends in after half of its bytes.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { TestDatabase } from './database.ts';

/** Lets every insert into a table of the shared schema fail with 53100 until the answer is called. */
export async function fillDatabaseDisk(
  { asOwner }: Pick<TestDatabase, 'asOwner'>,
  table: string,
): Promise<() => Promise<void>> {
  await asOwner(`
    create or replace function public.no_room() returns trigger language plpgsql as $$
    begin
      raise exception 'could not extend file: No space left on device' using errcode = '53100';
    end $$;
    grant execute on function public.no_room() to public;
    create trigger no_room before insert on shared.${table}
      for each statement execute function public.no_room()`);
  return async () => {
    await asOwner(`drop trigger no_room on shared.${table}`);
  };
}

/**
 * Lets appending to any file of this process end in ENOSPC after half of the bytes, until the answer
 * is called; a disk that is broken besides does not give the bytes back.
 */
export async function fillFileDisk({ isBroken = false } = {}): Promise<() => void> {
  const handle = await open('/dev/null', 'a');
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const { appendFile } = prototype;
  const strike = jest.spyOn(prototype, 'appendFile').mockImplementation(async function halfway(
    this: FileHandle,
    data,
  ) {
    const bytes = Buffer.from(data as Uint8Array);
    await appendFile.call(this, bytes.subarray(0, bytes.length / 2));
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  const broken = isBroken
    ? jest.spyOn(prototype, 'truncate').mockRejectedValue(new Error('EIO: i/o error'))
    : undefined;
  return () => {
    strike.mockRestore();
    broken?.mockRestore();
  };
}
