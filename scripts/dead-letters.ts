/**
 * `npm run dead-letters -- list [--cause C]` and `… -- redrive [--id ID]… [--cause C] [--limit N]`:
 * what operators do with messages that no consumer could handle.
 */
import { parseArgs } from 'node:util';
import { openEventBus } from '../activities/kafka/event-bus.ts';
import { redriveDeadLetters } from '../activities/kafka/redrive.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { findDeadLetters } from '../db/dead-letters.ts';
import { createTelemetry } from '../telemetry.ts';
import { withHouseDatabase } from './house-database.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    id: { type: 'string', multiple: true },
    cause: { type: 'string' },
    limit: { type: 'string', default: '100' },
  },
});
const choice = {
  limit: Number.parseInt(values.limit, 10),
  ...(values.id ? { ids: values.id } : {}),
  ...(values.cause ? { cause: values.cause } : {}),
};
await withHouseDatabase(async (db, config) => {
  process.exitCode = await main(db, config);
});

async function main(db: Database, config: Config): Promise<number> {
  const [command] = positionals;
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
    console.log(`${await redrive(db, config)} sent back`);
    return 0;
  }
  console.error('Usage: dead-letters list|redrive [--id ID] [--cause CAUSE] [--limit N]');
  return 2;
}

async function redrive(db: Database, config: Config): Promise<number> {
  const telemetry = createTelemetry({ service: 'dead-letters', config });
  const bus = openEventBus(config.kafka, telemetry.log);
  try {
    return (await redriveDeadLetters({ db, bus }, choice)).length;
  } finally {
    await bus.close();
    await telemetry.stop();
  }
}
