/**
 * Remembers for four seconds how a session stands in a business, and forgets it the moment anything
 * is revoked. Without Redis and without the poll, the four seconds alone keep the promise of five.
 */
import type { SessionId, TenantId, UserId } from '../../domain/ids.ts';
import type { Standing } from '../../db/sessions.ts';

const rememberedMs = 4_000;
const countMax = 10_000;

export interface Who {
  tenantId: TenantId;
  userId: UserId;
  sessionId: SessionId;
}

export type FindStanding = (who: Who) => Promise<Standing | undefined>;

export interface RememberedStanding {
  /** How the session stands; rejects when the database cannot be reached. */
  standing: Promise<Standing | undefined>;
  /** Milliseconds since 1970 after which it must be asked again. */
  untilMs: number;
}

export interface Standings {
  find(who: Who): RememberedStanding;
  /** Asks anew while the old answer still holds; it takes its place once it is there. */
  renew(who: Who): RememberedStanding;
  forget(): void;
}

export function rememberedStandings(findStanding: FindStanding, now: () => number): Standings {
  const known = new Map<string, RememberedStanding>();
  let generation = 0;
  const keyOf = ({ tenantId, sessionId, userId }: Who) => `${tenantId} ${sessionId} ${userId}`;
  return {
    find: (who) => {
      const key = keyOf(who);
      const remembered = known.get(key);
      if (remembered !== undefined && now() < remembered.untilMs) return remembered;
      if (known.size >= countMax) known.clear();
      const entry = { standing: findStanding(who), untilMs: now() + rememberedMs };
      known.set(key, entry);
      // A question that failed is asked again, and what was asked before a revocation is not kept.
      entry.standing.catch(() => known.get(key) === entry && known.delete(key));
      return entry;
    },
    renew: (who) => {
      const asked = generation;
      const entry = { standing: findStanding(who), untilMs: now() + rememberedMs };
      const take = () => {
        if (asked === generation) known.set(keyOf(who), entry);
      };
      // One that failed is no answer: the old one holds until its own time is over.
      entry.standing.then(take, () => {});
      return entry;
    },
    forget: () => {
      generation += 1;
      known.clear();
    },
  };
}
