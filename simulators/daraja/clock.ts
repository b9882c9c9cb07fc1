/**
 * The twin's time and its timers. The real clock runs by itself; the virtual one only moves when it
 * is told to, and finishes the work of one moment, deliveries included, before the next.
 */
import { instantFromEpochMs } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';
import { createQueue } from './task-queue.ts';
import type { Task, TaskQueue, Work } from './task-queue.ts';

export interface Clock {
  isVirtual: boolean;
  nowMs(): number;
  now(): Instant;
  /** Runs the work once, `delayMs` from now; the answer cancels it. */
  after(delayMs: number, work: Work): () => void;
  /** Moves time forward and runs everything that falls due on the way; answers how much that was. */
  advance(ms: number): Promise<number>;
  waiting(): number;
  /** Forgets all timers. */
  clear(): void;
}

/** Where a virtual clock begins: 08:00 in Nairobi on 14 November 2026. */
export const virtualStartMs = Date.UTC(2026, 10, 14, 5);

/** What shows the time and can be set forward. */
interface Hands {
  nowMs(): number;
  /** Never back. */
  setTo(ms: number): void;
}

export function createClock(kind: 'real' | 'virtual', onFault: (error: unknown) => void): Clock {
  const isVirtual = kind === 'virtual';
  const hands = isVirtual ? virtualHands() : realHands();
  const tasks = createQueue();
  const alarm = isVirtual ? silentAlarm : createAlarm(tasks, hands, onFault);
  let order = 0;
  return {
    isVirtual,
    nowMs: hands.nowMs,
    now: () => instantFromEpochMs(hands.nowMs()),
    after(delayMs, work) {
      order += 1;
      const task: Task = { dueMs: hands.nowMs() + Math.max(0, delayMs), order, work };
      tasks.add(task);
      if (tasks.first() === task) alarm.set();
      return () => {
        task.work = undefined;
      };
    },
    async advance(ms) {
      const target = hands.nowMs() + ms;
      let ran = 0;
      for (let next = tasks.first(); next && next.dueMs <= target; next = tasks.first()) {
        tasks.removeFirst();
        if (next.work === undefined) continue;
        hands.setTo(next.dueMs);
        await run(next.work).catch(onFault);
        ran += 1;
      }
      hands.setTo(target);
      alarm.set();
      return ran;
    },
    waiting: () => tasks.size(),
    clear() {
      tasks.clear();
      alarm.stop();
    },
  };
}

function virtualHands(): Hands {
  let nowMs = virtualStartMs;
  return {
    nowMs: () => nowMs,
    setTo: (ms) => {
      nowMs = Math.max(nowMs, ms);
    },
  };
}

function realHands(): Hands {
  let offsetMs = 0;
  const nowMs = (): number => Date.now() + offsetMs;
  return {
    nowMs,
    setTo: (ms) => {
      offsetMs += Math.max(0, ms - nowMs());
    },
  };
}

interface Alarm {
  set(): void;
  stop(): void;
}

const silentAlarm: Alarm = { set: () => undefined, stop: () => undefined };

/** Runs what is due by itself; one timer of Node, for the earliest task. */
function createAlarm(tasks: TaskQueue, hands: Hands, onFault: (error: unknown) => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  function set(): void {
    clearTimeout(timer);
    const next = tasks.first();
    if (next === undefined) return;
    timer = setTimeout(ring, Math.min(Math.max(0, next.dueMs - hands.nowMs()), 2 ** 30));
  }
  function ring(): void {
    for (let next = tasks.first(); next && next.dueMs <= hands.nowMs(); next = tasks.first()) {
      tasks.removeFirst();
      if (next.work !== undefined) run(next.work).catch(onFault);
    }
    set();
  }
  return { set, stop: () => clearTimeout(timer) };
}

async function run(work: Work): Promise<void> {
  await work();
}
