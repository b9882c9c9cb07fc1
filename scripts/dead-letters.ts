/**
 * `npm run dead-letters -- list [--cause C]` and `… -- redrive [--id ID]… [--cause C] [--limit N]`:
 * what operators do with messages that no consumer could handle.
 */
import { parseArgs } from 'node:util';
import { openEventBus } from '../activities/kafka/event-bus.ts';
import { redriveDeadLetters } from '../activities/kafka/redrive.ts';
import { readConfig } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { findDeadLetters } from '../db/dead-letters.ts';
import { createTelemetry } from '../telemetry.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    id: { type: 'string', multiple: true },
    cause: { type: 'string' },
    limit: { type: 'string', default: '100' },
  },
});
const config = readConfig(process.env);
const telemetry = createTelemetry({ service: 'dead-letters', config });
const db = openDatabase({
  url: config.database.url.reveal(),
  poolMax: 2,
  kek: config.keys.kek.reveal(),
  kekId: config.keys.kekId,
});
const bus = openEventBus(config.kafka, telemetry.log);
const choice = {
  limit: Number.parseInt(values.limit, 10),
  ...(values.id ? { ids: values.id } : {}),
  ...(values.cause ? { cause: values.cause } : {}),
};
try {
  process.exitCode = await main(positionals[0]);
} finally {
  await bus.close();
  await db.close();
  await telemetry.stop();
}

async function main(command: string | undefined): Promise<number> {
  if (command === 'list') {
    const letters = await db.asOperator('list dead letters', (o) => findDeadLetters(o, choice));
    for (const { payload, ...letter } of letters) {
      console.log(JSON.stringify({ ...letter, bytes: payload.length }));
    }
    return 0;
  }
  if (command === 'redrive') {
    if (choice.ids === undefined && choice.cause === undefined) {
      console.error('Say which: --id ID or --cause CAUSE.');
      return 2;
    }
    const sent = await redriveDeadLetters({ db, bus }, choice);
    console.log(`${sent.length} sent back`);
    return 0;
  }
  console.error('Usage: dead-letters list|redrive [--id ID] [--cause CAUSE] [--limit N]');
  return 2;
}
