/** A wish for money that is repeated under its key is one wish. */
import { randomUUID } from 'node:crypto';
import type { Call } from './call.ts';
import type { Option } from './command.ts';

export const onceOption: Option = {
  name: 'idempotency-key',
  value: 'KEY',
  says: 'asked again with the same key (16 characters or more), it is done once',
};

/** The header of the key that was given, or of a new one. */
export function onceKey(call: Call): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': call.text('idempotency-key') ?? randomUUID() };
}
