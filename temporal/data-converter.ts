/** How values become payloads, the same for clients, workers and tests: JSON, then encryption. */
import { resolve } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec, payloadKeyring } from './codec.ts';

/** The failure converter's place, below the project's root. */
export function failureConverterPath(root: string): string {
  return resolve(root, 'temporal/failure-converter.ts');
}

/**
 * Builds the converter from the key-encryption key (32 bytes) and its id. `root` is the project's
 * folder; npm scripts run in it.
 */
export function createDataConverter(
  keys: { kek: Buffer; kekId: string },
  root: string = process.cwd(),
): Required<Pick<DataConverter, 'payloadCodecs' | 'failureConverterPath'>> {
  return {
    payloadCodecs: [createPayloadCodec(payloadKeyring(keys))],
    failureConverterPath: failureConverterPath(root),
  };
}
