/**
 * Clocks of a breach of personal data, from when somebody knew of it. Kenya's Data Protection Act,
 * section 43: whoever keeps data for a business tells it within 48 hours, and the Data Commissioner is
 * told within 72. Both run from the first moment anybody knew: the strictest reading. Pure.
 */
import { epochMsOf, instantFromEpochMs, type Instant } from '../time.ts';

/** What sort of data got into wrong hands. */
export const breachDataKinds = [
  'names',
  'numbers',
  'identity',
  'payments',
  'files',
  'credentials',
  'other',
] as const;
export type BreachDataKind = (typeof breachDataKinds)[number];

/** What happened to a breach on record, in the order it did. */
export const breachEntryKinds = [
  'recorded',
  'business',
  'count',
  'measure',
  'tell',
  'told',
  'authority',
  'reminder',
  'closed',
] as const;
export type BreachEntryKind = (typeof breachEntryKinds)[number];

export const clockNames = ['business', 'authority'] as const;
/** Whom a clock is about: the business whose data it is, or the Data Commissioner. */
export type ClockName = (typeof clockNames)[number];

/** How many businesses are named at once. */
export const breachBusinessesMax = 1_000;

const hourMs = 60 * 60 * 1_000;
export const clockHours: Readonly<Record<ClockName, number>> = { business: 48, authority: 72 };
/** How long before its end a clock is near it, and somebody is reminded. */
export const nearHours = 12;

export const clockStandings = ['running', 'near', 'over', 'done', 'late', 'stopped'] as const;
/** `done` in time, `late` after its end, `stopped` when the matter ended without it. */
export type ClockStanding = (typeof clockStandings)[number];

export interface BreachClock {
  by: Instant;
  doneAt: Instant | null;
  standing: ClockStanding;
}

/** A business whose data it is, as far as its clocks go. */
export interface Timed {
  noticedAt: Instant;
  /** When the business was told; null until then. */
  toldAt: Instant | null;
  authorityToldAt: Instant | null;
  /** The matter is closed, or there is nobody left in the business. */
  isOver: boolean;
}

/** How a clock of a business stands at this moment, in milliseconds since 1970. */
export function clockOf(one: Timed, name: ClockName, nowMs: number): BreachClock {
  const endMs = endOf(one, name);
  const doneAt = name === 'business' ? one.toldAt : one.authorityToldAt;
  const by = instantFromEpochMs(endMs);
  if (doneAt !== null) {
    return { by, doneAt, standing: epochMsOf(doneAt) <= endMs ? 'done' : 'late' };
  }
  return { by, doneAt, standing: one.isOver ? 'stopped' : openStanding(endMs - nowMs) };
}

function endOf({ noticedAt }: Pick<Timed, 'noticedAt'>, name: ClockName): number {
  return epochMsOf(noticedAt) + clockHours[name] * hourMs;
}

function openStanding(leftMs: number): ClockStanding {
  if (leftMs <= 0) return 'over';
  return leftMs <= nearHours * hourMs ? 'near' : 'running';
}

export const reminderKinds = [
  'business-near',
  'business-over',
  'authority-near',
  'authority-over',
] as const;
export type ReminderKind = (typeof reminderKinds)[number];

export function clockOfReminder(kind: ReminderKind): ClockName {
  return kind.startsWith('business') ? 'business' : 'authority';
}

/** Of what people have to be reminded by now, and when something is due next; null when nothing is. */
export interface Reminders {
  due: ReminderKind[];
  nextAt: Instant | null;
}

/**
 * The reminders of a business. Of a clock that is over nobody is told any more that it is near: what
 * is put on record late begins with the later one.
 */
export function remindersOf(
  one: Timed & { reminded: readonly ReminderKind[] },
  nowMs: number,
): Reminders {
  const found = clockNames.map((name) => remindersOfClock(one, name, nowMs));
  const next = found.flatMap(({ nextMs }) => (nextMs === undefined ? [] : [nextMs]));
  return {
    due: found.flatMap(({ due }) => (due === undefined ? [] : [due])),
    nextAt: next.length === 0 ? null : instantFromEpochMs(Math.min(...next)),
  };
}

function remindersOfClock(
  one: Timed & { reminded: readonly ReminderKind[] },
  name: ClockName,
  nowMs: number,
): { due?: ReminderKind; nextMs?: number } {
  const { standing } = clockOf(one, name, nowMs);
  const endMs = endOf(one, name);
  const [near, over] = [`${name}-near`, `${name}-over`] as const;
  if (standing === 'running') return { nextMs: endMs - nearHours * hourMs };
  if (standing === 'near') {
    return one.reminded.includes(near) ? { nextMs: endMs } : { due: near, nextMs: endMs };
  }
  return standing === 'over' && !one.reminded.includes(over) ? { due: over } : {};
}

/** A business with the wish that it be told, which is not the telling. */
export interface Telling extends Timed {
  tellAskedAt: Instant | null;
}

/** Whether somebody wished a business to be told and nobody did. */
export function isAwaiting({ tellAskedAt, toldAt, isOver }: Telling): boolean {
  return tellAskedAt !== null && toldAt === null && !isOver;
}

/** How long one that cannot be told is tried again before it counts as one nobody tells. */
const graceMs = hourMs;

/** Whether reminders wait, because a business is being told at this moment. */
export function isHeldBack(one: Telling, nowMs: number): boolean {
  return isAwaiting(one) && epochMsOf(one.tellAskedAt ?? one.noticedAt) >= nowMs - graceMs;
}

/** How many clocks of a name stand how. */
export function countStandings(
  businesses: readonly Timed[],
  name: ClockName,
  nowMs: number,
): Record<ClockStanding, number> {
  const counts = { running: 0, near: 0, over: 0, done: 0, late: 0, stopped: 0 };
  for (const one of businesses) counts[clockOf(one, name, nowMs).standing] += 1;
  return counts;
}

/** When something is due next of any of these businesses, and how many of their clocks ran out. */
export function outlookOf(
  businesses: readonly (Timed & { reminded: readonly ReminderKind[] })[],
  nowMs: number,
): { nextAt: Instant | null; overCount: number } {
  const due = businesses.flatMap((one) => remindersOf(one, nowMs).nextAt ?? []);
  const over = clockNames.map((name) => countStandings(businesses, name, nowMs).over);
  return {
    nextAt: due.toSorted()[0] ?? null,
    overCount: over.reduce((sum, count) => sum + count, 0),
  };
}
