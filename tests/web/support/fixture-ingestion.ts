/**
 * Statements that move: an upload runs through its stages on timers and tells its listeners, so the
 * screens can be watched doing what they do with the real workflow. File names choose the story:
 * `locked` asks for a password (123456), `review` stops for a decision, anything else is posted.
 */
import type { OperationEvent, StageCounts } from '../../../api/operations/schema.ts';
import type { Statement } from '../../../api/statements/schema.ts';
import { cents } from '../../../domain/money.ts';
import type { stageNames } from './fixture-statements.ts';
import { ago, anUnreadStatement, aStatement } from './fixture-statements.ts';

type Listener = (event: OperationEvent) => void;
type EventBody = OperationEvent extends infer Event
  ? Event extends OperationEvent
    ? Omit<Event, 'seq'>
    : never
  : never;

export class Ingestion {
  statement: Statement;
  readonly events: OperationEvent[] = [];
  readonly listeners = new Set<Listener>();
  triesLeft = 5;
  private readonly stepMs: number;
  private readonly number: number;

  constructor(
    number: number,
    file: { name: string; sizeBytes: number; sha256: string },
    stepMs: number,
  ) {
    this.number = number;
    this.stepMs = stepMs;
    this.statement = anUnreadStatement(number, {
      fileName: file.name,
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      createdAt: ago(0),
      mediaKind: file.name.endsWith('.csv') ? 'csv' : 'pdf',
    });
    this.emit({ type: 'stage', data: { stage: 'received', at: ago(0) } });
  }

  start(password: string | null): void {
    if (!this.statement.fileName.includes('locked') || password === '123456')
      this.later(() => this.unlocked());
    else this.later(() => this.lock(password === null ? 'password-needed' : 'password-wrong'));
  }

  offer(password: string): boolean {
    if (password !== '123456') {
      this.triesLeft -= 1;
      this.lock('password-wrong');
      return false;
    }
    this.change({ status: 'processing', waitingFor: null, problem: null });
    this.unlocked();
    return true;
  }

  decide(decision: 'post' | 'refuse'): void {
    if (decision === 'post') this.posted();
    else {
      this.change({ status: 'refused', waitingFor: null, problem: null, verdict: 'refused' });
      this.emit({ type: 'finished', data: { status: 'refused', verdict: 'refused' } });
    }
  }

  private lock(problem: 'password-needed' | 'password-wrong'): void {
    this.change({ status: 'waiting-password', waitingFor: 'password', problem });
    this.emit({ type: 'waiting', data: { for: 'password', problem } });
  }

  private unlocked(): void {
    this.reach('unlocked');
    this.emit({ type: 'progress', data: { stage: 'parsed', done: 206, total: 412 } });
    this.later(() => {
      this.reach('parsed', { rows: 412, pages: 12, rejects: 0 });
      this.later(() => this.proved());
    });
  }

  private proved(): void {
    const isReview = this.statement.fileName.includes('review');
    const {
      id: _id,
      operationId: _operation,
      fileName: _name,
      sizeBytes: _size,
      ...proof
    } = aStatement(this.number, {});
    this.change({
      ...proof,
      sha256: this.statement.sha256,
      createdAt: this.statement.createdAt,
      stages: this.statement.stages,
      stage: 'proved',
      status: isReview ? 'waiting-review' : 'processing',
      waitingFor: isReview ? 'review' : null,
      verdict: isReview ? 'needsReview' : 'proven',
      postedCount: 0,
      canUndo: false,
      totals: { inCents: cents(128_431_000), outCents: cents(119_045_550), currency: 'KES' },
    });
    this.reach('proved');
    if (isReview) this.emit({ type: 'waiting', data: { for: 'review' } });
    else this.later(() => this.posted());
  }

  private posted(): void {
    this.change({ status: 'processing', waitingFor: null });
    this.reach('posted', { posted: 412, newRows: 412 });
    this.later(() => {
      this.reach('categorised', { categorised: 412 });
      this.change({ status: 'posted', postedCount: 412, categorisedCount: 412, canUndo: true });
      this.emit({ type: 'finished', data: { status: 'succeeded', verdict: 'proven' } });
    });
  }

  private reach(stage: (typeof stageNames)[number], counts?: StageCounts): void {
    const mark = { stage, at: ago(0), counts: counts ?? null };
    this.change({ stage, stages: [...this.statement.stages, mark] });
    const data = { stage, at: mark.at, ...(counts === undefined ? {} : { counts }) };
    this.emit({ type: 'stage', data });
  }

  private change(change: Partial<Statement>): void {
    this.statement = { ...this.statement, ...change, version: this.statement.version + 1 };
  }

  private emit(body: EventBody): void {
    const event = { seq: this.events.length + 1, ...body } as OperationEvent;
    this.events.push(event);
    for (const listener of this.listeners) listener(event);
  }

  private later(work: () => void): void {
    setTimeout(work, this.stepMs).unref();
  }
}
