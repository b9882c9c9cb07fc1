/**
 * kafkajs 2.2.4 re-arms a timer with a negative delay on every idle connection, which Node turns
 * into 1 ms: it burns a few per cent of a core and warns on Node 24. The queue only needs the timer
 * when requests wait or the broker throttles, so without either there is nothing to schedule.
 */
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

let isPatched = false;

/** Patches the request queue once per process. */
export function quietIdleConnections(): void {
  if (isPatched) return;
  isPatched = true;
  const original = RequestQueue.prototype.scheduleCheckPendingRequests;
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleWhenNeeded() {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    original.call(this);
  };
}
