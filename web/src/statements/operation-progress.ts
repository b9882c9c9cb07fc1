/** How far a statement's reading has come, folded from the events of its operation. */
import type { Operation, OperationEvent, StageCounts } from '../../../api/operations/schema.ts';
import type { Statement } from '../../../api/statements/schema.ts';
import type { Instant } from '../../../domain/time.ts';
import type { SseEvent } from './sse.ts';

export type Stage = Statement['stage'];

export const stageOrder: readonly Stage[] = [
  'received',
  'unlocked',
  'parsed',
  'proved',
  'posted',
  'categorised',
];

export interface StageMark {
  stage: Stage;
  at: Instant | null;
  counts: StageCounts | null;
}

export interface Waiting {
  for: 'password' | 'mapping' | 'review';
  problem: string | null;
}

export interface OperationProgress {
  status: Operation['status'];
  /** Stages completed, in order. */
  marks: readonly StageMark[];
  /** Work inside the stage that is running now. */
  current: { stage: string; done: number; total: number | null } | null;
  waiting: Waiting | null;
  problem: string | null;
  /** The newest event seen: what `Last-Event-ID` resumes after. */
  lastSeq: number;
  isFinished: boolean;
}

export const noProgress: OperationProgress = {
  status: 'running',
  marks: [],
  current: null,
  waiting: null,
  problem: null,
  lastSeq: 0,
  isFinished: false,
};

/** Folds one event in. Events already seen change nothing, so a resumed stream may repeat them. */
export function applyEvent(state: OperationProgress, event: OperationEvent): OperationProgress {
  if (event.seq <= state.lastSeq) return state;
  const next = { ...state, lastSeq: event.seq };
  switch (event.type) {
    case 'stage': {
      const { stage, at, counts } = event.data;
      const marks = addMark(state.marks, { stage, at: at ?? null, counts: counts ?? null });
      return { ...next, status: 'running', marks, current: null, waiting: null };
    }
    case 'progress': {
      const { stage, done, total } = event.data;
      return {
        ...next,
        status: 'running',
        waiting: null,
        current: { stage, done, total: total ?? null },
      };
    }
    case 'waiting': {
      const waiting = { for: event.data.for, problem: event.data.problem ?? null };
      return { ...next, status: 'waiting', current: null, waiting };
    }
    case 'finished': {
      const status = finalStatus(event.data.status);
      const problem = event.data.problem ?? null;
      return { ...next, status, problem, current: null, waiting: null, isFinished: true };
    }
  }
}

function addMark(marks: readonly StageMark[], mark: StageMark): StageMark[] {
  const others = marks.filter((one) => one.stage !== mark.stage);
  return [...others, mark].sort(
    (a, b) => stageOrder.indexOf(a.stage) - stageOrder.indexOf(b.stage),
  );
}

function finalStatus(text: string): Operation['status'] {
  const known = ['succeeded', 'refused', 'failed', 'cancelled'] as const;
  return known.find((status) => status === text) ?? (text === 'posted' ? 'succeeded' : 'failed');
}

/** What a polled operation tells, laid over what events told before. */
export function applyOperation(state: OperationProgress, operation: Operation): OperationProgress {
  const isFinished = !['running', 'waiting'].includes(operation.status);
  const reached = operation.stage === null ? -1 : stageOrder.indexOf(operation.stage);
  const marks = stageOrder
    .slice(0, reached + 1)
    .map(
      (stage) =>
        state.marks.find((mark) => mark.stage === stage) ?? { stage, at: null, counts: null },
    );
  const { progress } = operation;
  const current =
    operation.status === 'running' && progress?.stage !== undefined && progress.done !== undefined
      ? { stage: progress.stage, done: progress.done, total: progress.total ?? null }
      : null;
  return {
    ...state,
    status: operation.status,
    marks: marks.length >= state.marks.length ? marks : state.marks,
    current,
    waiting: operation.status === 'waiting' ? state.waiting : null,
    problem: operation.error?.code ?? state.problem,
    isFinished,
  };
}

/** Reads an SSE event of an operation; undefined for kinds that a newer server may add. */
export function parseOperationEvent(event: SseEvent): OperationEvent | undefined {
  if (!['stage', 'progress', 'waiting', 'finished'].includes(event.event)) return undefined;
  const seq = /^\d+$/.test(event.id) ? Number(event.id) : undefined;
  if (seq === undefined) return undefined;
  try {
    const data: unknown = JSON.parse(event.data);
    if (typeof data !== 'object' || data === null) return undefined;
    // The server checks its events against this very schema before it sends them.
    return { seq, type: event.event, data } as OperationEvent;
  } catch {
    return undefined;
  }
}

export interface StageStep extends StageMark {
  state: 'done' | 'current' | 'waiting' | 'stopped' | 'ahead';
}

/** The six steps as they are drawn: what is done, where it is now, where it stopped. */
export function stepsOf(progress: OperationProgress): StageStep[] {
  const doneCount = progress.marks.reduce(
    (most, mark) => Math.max(most, stageOrder.indexOf(mark.stage) + 1),
    0,
  );
  return stageOrder.map((stage, index) => {
    const mark = progress.marks.find((one) => one.stage === stage) ?? {
      stage,
      at: null,
      counts: null,
    };
    if (index < doneCount) return { ...mark, state: 'done' };
    if (index > doneCount) return { ...mark, state: 'ahead' };
    if (progress.waiting !== null) return { ...mark, state: 'waiting' };
    if (progress.isFinished)
      return { ...mark, state: progress.status === 'succeeded' ? 'done' : 'stopped' };
    return { ...mark, state: 'current' };
  });
}

/** The progress a stored statement implies, for screens opened long after the work ended. */
export function progressOfStatement(statement: Statement): OperationProgress {
  const reached = stageOrder.indexOf(statement.stage);
  const marks = stageOrder
    .slice(0, reached + 1)
    .map(
      (stage) =>
        statement.stages.find((mark) => mark.stage === stage) ?? { stage, at: null, counts: null },
    );
  const isFinished = ['posted', 'refused', 'undone', 'abandoned', 'undoing'].includes(
    statement.status,
  );
  return {
    ...noProgress,
    marks,
    isFinished,
    status: statusOf(statement),
    waiting:
      statement.waitingFor === null
        ? null
        : { for: statement.waitingFor, problem: statement.problem },
    problem: statement.problem,
  };
}

function statusOf(statement: Statement): Operation['status'] {
  if (statement.waitingFor !== null) return 'waiting';
  if (statement.status === 'processing') return 'running';
  if (statement.status === 'refused') return 'refused';
  return statement.status === 'abandoned' ? 'failed' : 'succeeded';
}
