/**
 * Stores what the reader says about a file, in chunks of one transaction each. What a run before
 * this one has stored is passed over, so reading may stop anywhere and start again. Lines are sealed
 * as they come; one chunk is stored while the next is read, and no more than that is ever held.
 */
import type { Database, TenantHandle } from '../db/database.ts';
import {
  addLines,
  countLines,
  roomForLines,
  storeLines,
  type LineRows,
  type NewLine,
} from '../db/statement-lines.ts';
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
  const { seal, stored } = await db.withTenant(tenantId, (t) => beginAt(t, statementId));
  let rowsCommitted = stored;
  let nextReject = 0;
  let toldAt = 0;
  const held = holdLines(stored);
  const describe = createDescriber();
  let storing: Promise<void> = Promise.resolve();

  /** Waits for the chunk under way and begins with what is held; its fault is thrown by the next wait. */
  const storeHeld = async (): Promise<void> => {
    await storing;
    if (held.lines.count === 0) return;
    storing = store(held.take());
    storing.catch(() => {});
  };

  const store = async (chunk: LineRows): Promise<void> => {
    const done = chunk.firstOrdinal + chunk.count;
    const isDue = dependencies.nowMs() - toldAt >= progressEveryMs;
    await db.withTenant(tenantId, async (t) => {
      await storeLines(t, statementId, chunk);
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
      // What an earlier run stored; lines come once and in order, so nothing else can repeat.
      const fresh = lines.filter((line) => line.ordinal >= stored);
      addLines({ tenantId, seal }, statementId, { into: held.lines, lines: describe(fresh) });
      if (held.lines.count >= chunkRows) await storeHeld();
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

async function beginAt(t: TenantHandle, statementId: StepKey['statementId']) {
  return { seal: t.seal, stored: await countLines(t, statementId) };
}

/** Two pieces of memory in turn: one is filled while what the other holds is stored. */
function holdLines(firstOrdinal: number) {
  let lines = roomForLines(firstOrdinal);
  let { rows: spare } = roomForLines(firstOrdinal);
  return {
    get lines() {
      return lines;
    },
    /** What is held, to be stored before the next call. */
    take(): LineRows {
      const full = lines;
      spare.clear();
      lines = { firstOrdinal: full.firstOrdinal + full.count, count: 0, rows: spare };
      spare = full.rows;
      return full;
    },
  };
}

/** A charge is tied here when its payment came with it or just before; posting ties the others. */
export function createDescriber(): (chunk: readonly StatementLine[]) => NewLine[] {
  let before: readonly StatementLine[] = [];
  return (chunk) => {
    const parents = tieFees([...before, ...chunk]);
    before = chunk;
    return chunk.map((line) => describeLine(line, parents.get(line.ordinal)));
  };
}

function describeLine(line: StatementLine, parentOrdinal: number | undefined): NewLine {
  const direction = directionOf(line);
  const nature = natureOf(line.reading);
  return {
    ...{ line, identity: lineIdentity(line), direction, nature },
    ...(direction === undefined ? {} : { category: categoryOf(line, { direction, nature }) }),
    ...(parentOrdinal === undefined ? {} : { parentOrdinal }),
  };
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
