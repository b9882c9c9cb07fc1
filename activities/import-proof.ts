/** A digest over what rows say, whoever they belong to and whatever key they are sealed under. */
import { createHash } from 'node:crypto';
import { sealedColumns } from '../db/export-plan.ts';
import type { ArchivedRow } from './import-plan.ts';

export interface RowDigest {
  add(archived: ArchivedRow): void;
  /** Number of rows and a sum that does not depend on their order. */
  result(): string;
}

const modulus = 1n << 128n;

/** Opens the digest of a table; equal digests are equal rows. */
export function openRowDigest(relation: string): RowDigest {
  const hidden = new Set(['tenant_id', 'workflow_id', 'payee_key']);
  for (const { column } of sealedColumns[relation] ?? []) hidden.add(column);
  const isHidden = (name: string) => hidden.has(name) || /_(index|tokens)$/.test(name);
  let sum = 0n;
  let count = 0;
  return {
    add({ row, opened }) {
      const said = Object.entries(row).filter(([name]) => !isHidden(name));
      const text = JSON.stringify([said, opened]);
      const hex = createHash('sha256').update(text).digest('hex').slice(0, 32);
      sum = (sum + BigInt(`0x${hex}`)) % modulus;
      count += 1;
    },
    result: () => `${count}:${sum.toString(16)}`,
  };
}
