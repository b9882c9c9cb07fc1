/** What the HTTP servers of this process have read so far, without a look into any of them. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { z } from 'zod';

/** Counts the bytes this process has read of the requests that begin from now on. */
export function requestsTaken(): { bytesRead(): number; stop(): void } {
  const begun: unknown[] = [];
  const note = (message: unknown) => begun.push(message);
  subscribe('http.server.request.start', note);
  const socketOf = z.object({ socket: z.object({ bytesRead: z.number() }) });
  return {
    bytesRead: () =>
      begun.reduce<number>((sum, one) => sum + socketOf.parse(one).socket.bytesRead, 0),
    stop: () => unsubscribe('http.server.request.start', note),
  };
}
