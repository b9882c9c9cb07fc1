/** Lets an account live through days until an exact number of rows is written. */
import { addDays } from '../../../domain/time.ts';
import type { BusinessDate, Instant } from '../../../domain/time.ts';
import type { Random } from '../random.ts';
import { openDayClock, rowsPerDay } from './day-clock.ts';
import type { Ledger } from './ledger.ts';

/** The parts of an account's state that time moves. */
export interface Living {
  ledger: Ledger;
  random: Random;
  now: Instant;
}

export interface Habits {
  beginDay(date: BusinessDate): void;
  /** Something happens at `now`; writes at least one row. */
  act(): void;
  /** Writes exactly one row, whatever the state of the account. */
  fillOneRow(): void;
  /** The most rows one `act` writes. */
  mostRowsPerAct: number;
}

export interface Stretch {
  days: number;
  rows: number;
}

/** Lives through consecutive stretches; each ends with exactly its rows, so later ones change nothing. */
export function liveThrough(
  life: Living,
  time: { from: BusinessDate; stretches: readonly Stretch[] },
  habits: Habits,
): void {
  let from = time.from;
  for (const stretch of time.stretches) {
    liveStretch(life, { from, ...stretch }, habits);
    from = addDays(from, stretch.days);
  }
}

function liveStretch(
  life: Living,
  stretch: Stretch & { from: BusinessDate },
  habits: Habits,
): void {
  const quotas = rowsPerDay(stretch.from, stretch.days, stretch.rows);
  let due = life.ledger.entries.length;
  const end = due + stretch.rows;
  for (const [day, quota] of quotas.entries()) {
    due += quota;
    const date = addDays(stretch.from, day);
    habits.beginDay(date);
    const rows = due - life.ledger.entries.length;
    liveDay(life, { date, rows, end }, habits);
  }
}

function liveDay(
  life: Living,
  day: { date: BusinessDate; rows: number; end: number },
  habits: Habits,
): void {
  const clock = openDayClock(day.date, day.rows, life.random);
  const start = life.ledger.entries.length;
  for (;;) {
    const written = life.ledger.entries.length - start;
    const left = day.rows - written;
    if (left <= 0) return;
    life.now = clock.advance(written / day.rows, left);
    const room = day.end - life.ledger.entries.length;
    if (room < habits.mostRowsPerAct) habits.fillOneRow();
    else habits.act();
  }
}
