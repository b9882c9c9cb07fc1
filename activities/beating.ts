/** Tells Temporal that an activity is alive, by the clock and not by how far it got. */
import { Context } from '@temporalio/activity';

/** A third of the shortest time after which silence counts as death, and less. */
const beatEveryMs = 2_000;

/** What the next attempt is to know, should this one die. */
export type Tell = (details: unknown) => void;

/**
 * Does the work, and beats beside it: whoever dies is noticed by the silence, and whoever is busy
 * with one long part is not taken for dead. What was told last is told with every beat; an attempt
 * begins with what the one before it told.
 */
export async function whileBeating<Result>(work: (tell: Tell) => Promise<Result>): Promise<Result> {
  const context = Context.current();
  let told: unknown = context.info.heartbeatDetails;
  const beat = () => context.heartbeat(told);
  const tell: Tell = (details) => {
    told = details;
    beat();
  };
  beat();
  const timer = setInterval(beat, beatEveryMs);
  try {
    return await work(tell);
  } finally {
    clearInterval(timer);
  }
}

type Deed = (...input: never[]) => Promise<unknown>;

/** The same activities, each of which beats while it works. */
export function beating<Steps extends { [Name in keyof Steps]: Deed }>(steps: Steps): Steps {
  const alive = Object.entries<Deed>(steps).map(([name, deed]) => [
    name,
    (...input: never[]) => whileBeating(() => deed(...input)),
  ]);
  return Object.fromEntries(alive) as Steps;
}
