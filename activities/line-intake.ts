/**
 * Stores what the reader says about a file, in chunks of one transaction each. What a run before
 * this one has stored is passed over, so reading may stop anywhere and start again. One chunk is
 * stored while the next is read, and no more than that is ever held.
 */
import type { Database } from '../db/database.ts';
import { appendLines, countLines, type NewLine } from '../db/statement-lines.ts';
import { appendRejects } from '../db/statement-rejects.ts';
import type { Nature } from '../db/statement-tables.ts';
import { categorise } from '../domain/categories/categorise.ts';
import type { CategoryReading } from '../domain/categories/terms.ts';
import { tieFees } from '../domain/statements/fees.ts';
import { lineIdentity } from '../domain/statements/identity.ts';
import type { Direction, Reading, RejectedRow, StatementLine } from '../domain/statements/terms.ts';
import { announce, noteProgress, type Publisher } from './operations.ts';
import type { StepKey } from './statement-steps.ts';

const defaultChunkRows = 2_000;
const progressEveryMs = 1_000;

export interface LineIntake {
  /** Rows stored for good, by this run or one before it. */
  readonly rowsCommitted: number;
  addLines(lines: readonly StatementLine[]): Promise<void>;
  addRejects(rejects: readonly RejectedRow[]): Promise<void>;
  /** Stores what is still held back. */
  flush(): Promise<void>;
  /** Resolves when no chunk is under way any more, however it ended; what is held stays unstored. */
  settle(): Promise<void>;
}

export interface IntakeDependencies {
  db: Database;
  redis: Publisher;
  /** Milliseconds since 1970. */
  nowMs: () => number;
  /** Rows stored in one transaction. */
  chunkRows?: number;
  /** Called after every stored chunk. */
  afterChunk: () => Promise<void>;
}

/** Opens the intake where an earlier run left off. */
export async function openIntake(
  dependencies: IntakeDependencies,
  key: StepKey,
): Promise<LineIntake> {
  const { db, chunkRows = defaultChunkRows } = dependencies;
  const { tenantId, statementId } = key;
  let rowsCommitted = await db.withTenant(tenantId, (t) => countLines(t, statementId));
  /** What an earlier run stored; lines come once and in order, so nothing else can repeat. */
  const rowsKnown = rowsCommitted;
  let nextReject = 0;
  let toldAt = 0;
  const held: StatementLine[] = [];
  let storing: Promise<void> = Promise.resolve();

  /** Waits for the chunk under way and begins with what is held; its fault is thrown by the next wait. */
  const storeHeld = async (): Promise<void> => {
    await storing;
    const chunk = held.splice(0);
    if (chunk.length > 0) storing = store(chunk);
    storing.catch(() => {});
  };

  const store = async (chunk: StatementLine[]): Promise<void> => {
    const done = rowsCommitted + chunk.length;
    const isDue = dependencies.nowMs() - toldAt >= progressEveryMs;
    await db.withTenant(tenantId, async (t) => {
      await appendLines(t, statementId, describe(chunk));
      if (isDue) await noteProgress(t, key, { stage: 'parsed', done });
    });
    rowsCommitted = done;
    if (isDue) {
      toldAt = dependencies.nowMs();
      announce(dependencies.redis, key);
    }
    await dependencies.afterChunk();
  };

  return {
    get rowsCommitted() {
      return rowsCommitted;
    },
    async addLines(lines) {
      const fresh = lines.filter((line) => line.ordinal >= rowsKnown);
      held.push(...fresh);
      if (held.length >= chunkRows) await storeHeld();
    },
    async addRejects(rejects) {
      const first = nextReject;
      nextReject += rejects.length;
      const numbered = rejects.map((reject, place) => ({ ...reject, seq: first + place }));
      await db.withTenant(tenantId, (t) => appendRejects(t, statementId, numbered));
    },
    async flush() {
      await storeHeld();
      await storing;
    },
    settle: () => storing.catch(() => {}),
  };
}

/** A charge is tied here when its payment is in the same chunk; posting ties the others. */
function describe(chunk: readonly StatementLine[]): NewLine[] {
  const parents = tieFees(chunk);
  return chunk.map((line) => {
    const parentOrdinal = parents.get(line.ordinal);
    const direction = directionOf(line);
    const nature = natureOf(line.reading);
    return {
      ...{ line, identity: lineIdentity(line), direction, nature },
      ...(direction === undefined ? {} : { category: categoryOf(line, { direction, nature }) }),
      ...(parentOrdinal === undefined ? {} : { parentOrdinal }),
    };
  });
}

function categoryOf(
  { details, reading }: StatementLine,
  { direction, nature }: { direction: Direction; nature: Nature },
): CategoryReading {
  const { purpose, channel, counterparty } = reading;
  return categorise({
    ...{ purpose, channel, direction, nature, details },
    counterpartyName: counterparty?.name ?? null,
    shortcode: counterparty?.shortcode ?? null,
  });
}

function directionOf(line: StatementLine): Direction | undefined {
  if (line.status !== 'completed') return undefined;
  if (line.inCents > 0) return 'in';
  return line.outCents > 0 ? 'out' : undefined;
}

function natureOf(reading: Reading): Nature {
  if (reading.isFee) return 'charge';
  if (reading.isLoanPrincipal) return 'loan';
  return reading.isOwnMoney ? 'own-money' : 'ordinary';
}
