/** A file that must not fool the reader, and what the reader may say about it. */
import type { FileProblem, RejectReason, Verdict } from '../../../domain/statements/terms.ts';

export interface BadInputExpectation {
  /** The file may be refused, or wait for a person, with any of these. */
  problems?: readonly FileProblem[];
  /** The file may be read and judged with any of these; absent when it must not be read. */
  verdicts?: readonly Verdict[];
  /** When it is read: reasons of the rejected rows, in file order. */
  rejects?: readonly RejectReason[];
  /** When it is read: accepted rows. */
  rowCount?: number;
  /** When it is read: payment card numbers that must be masked. */
  maskedCards?: number;
}

export interface BadInput {
  /** Row of the bad-input list, `S1` to `S32`. */
  id: string;
  /** Unique among all inputs. */
  name: string;
  fileName: string;
  /** Makes the bytes; large files are only built when asked for. */
  bytes: () => Promise<Uint8Array>;
  password?: string;
  expect: BadInputExpectation;
}

/** Bytes that are ready at once. */
export function text(content: string): () => Promise<Uint8Array> {
  return async () => new Uint8Array(Buffer.from(content, 'utf8'));
}

/** Bytes from Latin-1 characters, one each. */
export function latin1(content: string): () => Promise<Uint8Array> {
  return async () => new Uint8Array(Buffer.from(content, 'latin1'));
}
