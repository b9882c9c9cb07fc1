import { say, style } from './terminal.mjs';

const levels = { 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const levelColours = { 40: 'yellow', 50: 'red', 60: 'red' };
const nameColours = { gateway: 'cyan', workers: 'magenta' };

/**
 * Prints a line of an application process with its name in front. Structured lines are shown as
 * time, level and message; the whole line is in the log file. `atLeast` is the lowest level shown
 * (30 info, 40 warn, 50 error); plain lines are always shown.
 */
export function printLogLine(name, line, atLeast) {
  const prefix = style(nameColours[name] ?? 'blue', name.padEnd(8));
  const entry = structured(line);
  if (!entry) {
    say(`${prefix} ${line}`);
    return;
  }
  if (entry.level < atLeast) return;
  const level = levels[entry.level] ?? String(entry.level);
  const shownLevel = levelColours[entry.level] ? style(levelColours[entry.level], level) : level;
  const cause = entry.err?.message ?? entry.error?.message ?? '';
  const message = [entry.msg ?? '', cause].filter(Boolean).join(': ');
  say(`${prefix} ${style('dim', clock(entry.time))} ${shownLevel} ${message}`);
}

function structured(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry.level === 'number' ? entry : undefined;
  } catch {
    return undefined;
  }
}

function clock(time) {
  const date = new Date(time ?? Date.now());
  return Number.isNaN(date.valueOf()) ? '' : date.toTimeString().slice(0, 8);
}
