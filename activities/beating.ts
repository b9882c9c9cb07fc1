/** Tells Temporal that an activity is alive, by the clock and not by how far it got. */
import { Context } from '@temporalio/activity';

/** A third of the shortest time after which silence counts as death, and less. */
const beatEveryMs = 2_000;

/** What the next attempt is to know, should this one die. */
export type Tell = (details: unknown) => void;

/** Activities that beat already; each has one beat, however often it is asked for. */
const beats = new WeakMap<Context, Tell>();

/**
 * Does the work, and beats beside it: whoever dies is noticed by the silence, and whoever is busy
 * with one long part is not taken for dead. What was told last is told with every beat; an attempt
 * begins with what the one before it told. Every activity that has to beat does so in a worker
 * (workers/activity-interceptor.ts); those that tell something say so here.
 */
export async function whileBeating<Result>(work: (tell: Tell) => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const outer = beats.get(context);
  if (outer !== undefined) return work(outer);
  let told: unknown = context.info.heartbeatDetails;
  const beat = () => context.heartbeat(told);
  const tell: Tell = (details) => {
    told = details;
    beat();
  };
  beats.set(context, tell);
  beat();
  const timer = setInterval(beat, beatEveryMs);
  try {
    return await work(tell);
  } finally {
    clearInterval(timer);
    beats.delete(context);
  }
}

/** Tells it with this beat and the ones that follow. */
export function tellWithBeats(context: Context, details: unknown): void {
  const tell = beats.get(context);
  if (tell === undefined) context.heartbeat(details);
  else tell(details);
}
