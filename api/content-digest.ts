/** Content-Digest of uploads (RFC 9530): what arrived is compared with what was sent. */
import { createHash, type Hash } from 'node:crypto';
import type { Request } from 'express';
import { problem, type Problem } from './problems.ts';

/** Follows the bytes of a body as they are read. */
export interface DigestCheck {
  add(chunk: Buffer): void;
  /** Once all of them went by: the problem when they are others than were announced. */
  mismatch(): Problem | undefined;
}

const unchecked: DigestCheck = { add: () => {}, mismatch: () => undefined };

/** The algorithms RFC 9530 calls active; what is sent in another one is not believed unseen. */
const algorithms: Readonly<Record<string, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };
const wanted = { 'Want-Content-Digest': 'sha-256=10, sha-512=5' };

/** The check a request asks for; a problem when its header cannot be read. */
export function openDigest(request: Request): DigestCheck | Problem {
  const header = request.get('content-digest');
  if (header === undefined) return unchecked;
  const hashes: { hash: Hash; expected: Buffer }[] = [];
  for (const member of header.split(',')) {
    const [, name = '', base64 = ''] =
      /^\s*([a-z][a-z0-9-]*)=:([A-Za-z0-9+/]+=*):\s*$/.exec(member) ?? [];
    if (name === '') return unreadable('Content-Digest must read `sha-256=:…:`.');
    const algorithm = algorithms[name];
    if (algorithm === undefined) continue;
    hashes.push({ hash: createHash(algorithm), expected: Buffer.from(base64, 'base64') });
  }
  if (hashes.length === 0) return unreadable('Content-Digest names neither sha-256 nor sha-512.');
  return {
    add: (chunk) => hashes.forEach(({ hash }) => hash.update(chunk)),
    mismatch: () =>
      hashes.every(({ hash, expected }) => hash.digest().equals(expected))
        ? undefined
        : problem('digest-mismatch'),
  };
}

function unreadable(detail: string): Problem {
  return problem('malformed-request', { detail, headers: wanted });
}

/** The same chunks, each shown to the check as it goes by. */
export async function* followed(
  chunks: AsyncIterable<Buffer>,
  digest: DigestCheck,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    digest.add(chunk);
    yield chunk;
  }
}
