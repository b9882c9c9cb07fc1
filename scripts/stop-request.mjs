import process from 'node:process';

/**
 * Resolves with the signal's name when somebody asks to stop: Ctrl-C, a terminal that closes, or a
 * plain kill. Asked again by Ctrl-C, `onImpatience` is called.
 */
export function stopRequest(onImpatience) {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (signal) => {
      if (asked) onImpatience();
      asked = true;
      resolve(signal);
    };
    // Whoever read the output is gone, e.g. `npm start | head`.
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', () => resolve('its output was closed'));
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, ask);
  });
}
