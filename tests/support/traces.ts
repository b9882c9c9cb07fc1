/** Looks for a text in every place where a process may have left it. */
import { Client, Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { createPayloadCodec, payloadKeyring } from '../../temporal/codec.ts';
import { testKek } from './database.ts';
import type { Stack } from './stack.ts';

/** Tables with a row that holds the text, in clear or as the bytes of a column. */
export async function tablesWith({ database }: Stack, text: string): Promise<string[]> {
  const tables = await database.asOwner(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema in ('platform', 'shared') and table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  const hex = Buffer.from(text).toString('hex');
  for (const { name } of tables) {
    const [row] = await database.asOwner(
      `select count(*)::int as n from ${String(name)} r
       where strpos(r::text, $1) > 0 or strpos(r::text, $2) > 0`,
      [text, hex],
    );
    if (row?.['n'] !== 0) found.push(String(name));
  }
  return found;
}

/** A run's whole history as text, every payload decrypted. */
export async function historyOf({ env }: Stack, workflowId: string): Promise<string> {
  const connection = await Connection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
  try {
    const client = new Client({ connection, namespace: env['TEMPORAL_NAMESPACE'] ?? '' });
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    const payloads = payloadsIn(history);
    const codec = createPayloadCodec(payloadKeyring({ kek: testKek, kekId: 'test' }));
    const clear = await codec.decode(payloads);
    const texts = clear.map(({ data }) => Buffer.from(data ?? []).toString());
    return [JSON.stringify(history), ...texts].join('\n');
  } finally {
    await connection.close();
  }
}

function payloadsIn(value: unknown): Payload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const own = isPayload(value) ? [value] : [];
  return [...own, ...Object.values(value).flatMap(payloadsIn)];
}

function isPayload(value: object): value is Payload {
  return 'metadata' in value && 'data' in value && value.data instanceof Uint8Array;
}
