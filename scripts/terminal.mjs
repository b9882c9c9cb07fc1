import process from 'node:process';

let stream = process.stdout;

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };

/** Sends everything a person reads to stderr, so that stdout carries only a machine's result. */
export function speakOnStderr() {
  stream = process.stderr;
}

/** Prints one line. */
export function say(line = '') {
  stream.write(`${line}\n`);
}

/** Prints that a step is done, with what came of it and the seconds it took. */
export function done(what, detail = '', seconds) {
  const time = seconds === undefined ? '' : style('dim', ` (${seconds.toFixed(1)} s)`);
  say(`${style('green', '✓')} ${what.padEnd(12)} ${detail}${time}`);
}

/** Prints that something slow goes on, so that a wait is never silent. */
export function progress(what, detail) {
  say(`${style('dim', '…')} ${what.padEnd(12)} ${style('dim', detail)}`);
}

/** Prints something the reader should know, although work goes on. */
export function warn(message) {
  say(`${style('yellow', '!')} ${message}`);
}

/** Prints why the command cannot go on. */
export function fail(message) {
  say(`${style('red', '✗')} ${message}`);
}

/** Prints lines inside a frame as wide as the longest of them. */
export function box(lines) {
  const width = Math.max(...lines.map(visibleLength));
  say(`┌${'─'.repeat(width + 2)}┐`);
  for (const line of lines) say(`│ ${line}${' '.repeat(width - visibleLength(line))} │`);
  say(`└${'─'.repeat(width + 2)}┘`);
}

/** Colours a text when a person's terminal shows it; NO_COLOR switches it off. */
export function style(name, text) {
  const coloured = stream.isTTY && !process.env.NO_COLOR;
  return coloured ? `\u001b[${styles[name]}m${text}\u001b[0m` : text;
}

/** Starts a stopwatch: the returned function tells the seconds since. */
export function stopwatch() {
  const startedAt = performance.now();
  return () => (performance.now() - startedAt) / 1000;
}

function visibleLength(text) {
  // oxlint-disable-next-line no-control-regex -- colour codes take no room on the screen.
  return text.replace(/\u001b\[\d+m/g, '').length;
}
