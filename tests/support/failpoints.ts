/** Failpoints for tests inside one process: strikes where a crash would, by throwing. */
import type { Failpoint, FailpointName } from '../../activities/failpoint.ts';

export class Struck extends Error {
  override readonly name = 'Struck';
}

/** Throws `Struck` on the given visit of one failpoint; every other visit passes. */
export function strikeAt(name: FailpointName, onVisit = 1): Failpoint {
  let visits = 0;
  return async (visited) => {
    if (visited !== name) return;
    visits += 1;
    if (visits === onVisit) throw new Struck(`struck at ${name}`);
  };
}

/** Does nothing but remember the names that were visited. */
export function recordVisits(): Failpoint & { names: string[] } {
  const names: string[] = [];
  return Object.assign(
    async (name: string) => {
      names.push(name);
    },
    { names },
  );
}
