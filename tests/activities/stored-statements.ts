/** Statements brought to a stage by the real steps, and what the database then holds of them. */
import { z } from 'zod';
import type { FileKey } from '../../activities/statement-steps.ts';
import type { StatementOptions } from '../../simulators/statements/options.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import { perform, type Ingestion } from './ingestion.ts';

/** Helpers over an ingestion that is opened before the first of them is called. */
export function statementsOn(opened: () => Ingestion) {
  async function read(options: Partial<StatementOptions> = {}): Promise<FileKey> {
    const asked = { layout: 'classic-csv', rows: 120, ...options } as const;
    const key = await opened().upload((await generateStatement(asked)).bytes, 'csv');
    await perform(() => opened().steps().parseStatement(key));
    return key;
  }

  async function proved(options: Partial<StatementOptions> = {}): Promise<FileKey> {
    const key = await read(options);
    await perform(() => opened().steps().proveStatement(key));
    return key;
  }

  async function posted(options: Partial<StatementOptions> = {}): Promise<FileKey> {
    const key = await proved(options);
    await perform(() => opened().steps().postStatement(key));
    return key;
  }

  async function statementOf(key: FileKey) {
    const [statement] = await opened().rows('select * from shared.statements where id = $1', [
      key.statementId,
    ]);
    const [operation] = await opened().rows('select * from shared.operations where id = $1', [
      key.operationId,
    ]);
    const events = await opened().rows(
      'select type, data from shared.operation_events where operation_id = $1 order by seq',
      [key.operationId],
    );
    const audit = await opened().rows('select action from shared.audit_log where object_id = $1', [
      key.statementId,
    ]);
    return { statement, operation, events, audit: audit.map(({ action }) => action) };
  }

  async function digestOf(key: FileKey) {
    return opened().rows(
      `select count(*)::int as count, coalesce(sum(x.amount_cents), 0)::bigint as total,
         md5(string_agg(concat_ws('|', identity, occurred_at, direction, amount_cents, purpose,
           parent_id is null), ',' order by identity)) as digest
       from shared.transactions x
       where x.statement_id = $1 and x.reversed_at is null`,
      [key.statementId],
    );
  }

  /** The `transactions.raw` events of a statement, in order. */
  async function eventsOf(key: FileKey) {
    const rows = await opened().rows(
      `select type, data from shared.outbox where topic = 'transactions.raw' order by seq`,
    );
    return rows
      .map(({ type, data }) => ({ type, data: z.looseObject({}).parse(data) }))
      .filter(({ data }) => data['statementId'] === key.statementId);
  }

  async function categorise(key: FileKey): Promise<void> {
    await opened().rows(
      'update shared.statements set categorised_count = new_row_count where id = $1',
      [key.statementId],
    );
  }

  async function takeBack(key: FileKey) {
    await categorise(key);
    await perform(() => opened().steps().finishStatement(key));
    const operationId = await opened().operation(key);
    const input = { ...key, operationId, requestedBy: opened().tenant.userId };
    const reversal = await perform(() => opened().steps().reverseTransactions(input));
    await perform(() =>
      opened()
        .steps()
        .finishUndo({ ...input, ...reversal }),
    );
    return reversal;
  }

  return { read, proved, posted, statementOf, digestOf, eventsOf, categorise, takeBack };
}
