/**
 * Looks at a breach: tells the businesses that are to be told, and reminds of what is due. Each of it
 * is noted together with its mails, so that whoever dies in between goes on where it stopped.
 */
import { appendAudit } from '../db/audit.ts';
import { noteEntry } from '../db/breach-entries.ts';
import { listHousePeople, noteLook, noteTold } from '../db/breach-telling.ts';
import { findBreach, type Breach, type BreachBusiness } from '../db/breaches.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import { listMembers, type TeamMember } from '../db/members.ts';
import { derivedUuid } from '../db/new-id.ts';
import { isNoticeTold, tellNotice } from '../db/notices.ts';
import { queueMail, type NewMail } from '../db/mails.ts';
import {
  clockOf,
  clockOfReminder,
  isAwaiting,
  isHeldBack,
  outlookOf,
  reminderKinds,
  remindersOf,
  type ReminderKind,
} from '../domain/breaches/clocks.ts';
import type { BreachNoticeKind } from '../domain/notices/terms.ts';
import { instantFromEpochMs, nairobiText, type Instant } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import type { BreachLook, LookAtBreachInput } from '../workflows/breach-types.ts';
import type { BreachSteps } from './breach-steps.ts';
import type { Publisher } from './collection-live.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import { nudgeBells } from './notices.ts';

export interface BreachDependencies {
  db: Database;
  redis: Publisher;
  failpoint: Failpoint;
  config: { publicUrl: string };
}

const actor = 'service:tenants';
/** Builds the step of the run that watches a breach. */
export function createBreachActivities(d: BreachDependencies): BreachSteps {
  return { lookAtBreach: (input) => lookAtBreach(d, input) };
}

async function lookAtBreach(
  d: BreachDependencies,
  { breachId, nowMs }: LookAtBreachInput,
): Promise<BreachLook> {
  const seen = await read(d, breachId);
  const { version } = seen;
  const failures: unknown[] = [];
  if (seen.closedAt === null) {
    const awaiting = seen.businesses.filter(isAwaiting);
    await eachOf(awaiting, failures, (one) => tellBusiness(d, seen, one));
    const told = awaiting.length === 0 ? seen : await read(d, breachId);
    for (const kind of reminderKinds) await remind(d, told, { kind, nowMs, failures });
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some businesses were not told');
  const now = await read(d, breachId);
  const look = { isClosed: now.closedAt !== null, ...outlookOf(now.businesses, nowMs) };
  // What changed since the first look is looked at again: its version is a later one.
  await d.db.asOperator('note a look at a breach', (o) =>
    noteLook(o, { breachId, version, nextAt: look.nextAt }),
  );
  await d.failpoint('breach.afterLook');
  return look;
}

async function read({ db }: BreachDependencies, breachId: Breach['id']): Promise<Breach> {
  const breach = await db.asOperator('look at a breach', (o) => findBreach(o, breachId));
  if (breach === undefined) {
    throw permanentFault(failureTypes.inputInvalid, `there is no breach ${breachId}`);
  }
  return breach;
}

/** One that fails does not keep the others from their turn. */
async function eachOf(
  businesses: readonly BreachBusiness[],
  failures: unknown[],
  work: (one: BreachBusiness) => Promise<void>,
): Promise<void> {
  for (const one of businesses) {
    try {
      await work(one);
    } catch (error) {
      failures.push(error);
    }
  }
}

/** By bell and mail, with an entry in its audit log; again, it tells nobody twice. */
async function tellBusiness(
  d: BreachDependencies,
  breach: Breach,
  one: BreachBusiness,
): Promise<void> {
  const { tenantId, tellAskedBy } = one;
  const { by } = clockOf(one, 'authority', 0);
  const people = await inform(d, { breach, one, kind: 'breach-told', by }, async (t) => {
    await appendAudit(t, {
      ...{ actor: tellAskedBy ?? actor, action: 'breach.tell' },
      ...{ objectKind: 'breach', objectId: breach.id },
      detail: { noticedAt: one.noticedAt, personCount: one.personCount },
    });
  });
  await d.failpoint('breach.midTelling');
  await d.db.asOperator('tell a business of a breach', async (o) => {
    if (!(await noteTold(o, { breachId: breach.id, tenantId, actor }))) return;
    for (const person of people) {
      await queueMail(o, d.db.platformSeal, {
        ...mailTo(person, [breach.id, tenantId, 'told']),
        template: 'breach-told',
        values: {
          ...{ name: person.name, business: one.name, what: breach.summary },
          ...{ known: nairobiText(one.noticedAt), by: nairobiText(by) },
          link: `${d.config.publicUrl}/settings/breaches`,
        },
      });
    }
  });
}

interface Telling {
  breach: Breach;
  one: BreachBusiness;
  kind: BreachNoticeKind;
  by: Instant;
}

/** Rings the bell of a business, once for each kind; answers whom to write to as well. */
async function inform(
  { db, redis }: BreachDependencies,
  { breach, one, kind, by }: Telling,
  besides: (t: TenantHandle) => Promise<void> = async () => {},
): Promise<TeamMember[]> {
  const people = await db.withTenant(one.tenantId, async (t) => {
    const key = `${kind}/${breach.id}`;
    if (!(await isNoticeTold(t, key))) {
      const telling = { tells: kind, key, subjectId: breach.id, figures: { by } };
      await tellNotice(t, { ...telling, amountCents: null }, {});
      await besides(t);
    }
    return listMembers(t);
  });
  await nudgeBells(redis, one.tenantId);
  return people.filter(({ role }) => role === 'owner' || role === 'admin');
}

/**
 * Reminds the house, and of the authority the businesses that were told as well: one that is about to
 * be told is reminded after that. That it was done is noted last, business by business; mails have ids
 * of what they remind of, so repeating adds none.
 */
async function remind(
  d: BreachDependencies,
  breach: Breach,
  { kind, nowMs, failures }: { kind: ReminderKind; nowMs: number; failures: unknown[] },
): Promise<void> {
  const due = breach.businesses.filter(
    (one) => !isHeldBack(one, nowMs) && remindersOf(one, nowMs).due.includes(kind),
  );
  const clock = clockOfReminder(kind);
  const byEnd = Map.groupBy(due, (one) => clockOf(one, clock, nowMs).by);
  for (const [by, businesses] of byEnd) {
    await remindHouse(d, breach, { kind, by, businesses });
    await d.failpoint('breach.midReminding');
    await eachOf(businesses, failures, (one) =>
      remindBusiness(d, { breach, one, by, kind: noticeOf[kind] }, { kind, nowMs }),
    );
  }
}

const noticeOf = {
  'business-near': 'breach-near',
  'business-over': 'breach-over',
  'authority-near': 'breach-near',
  'authority-over': 'breach-over',
} as const satisfies Record<ReminderKind, BreachNoticeKind>;

async function remindHouse(
  { db, config }: BreachDependencies,
  breach: Breach,
  of: { kind: ReminderKind; by: Instant; businesses: readonly BreachBusiness[] },
): Promise<void> {
  const { kind, by, businesses } = of;
  await db.asOperator('remind the house of a breach', async (o) => {
    for (const person of await listHousePeople(o)) {
      await queueMail(o, db.platformSeal, {
        ...mailTo(person, [breach.id, kind, by, 'house']),
        template: 'breach-house',
        values: {
          ...{ name: person.name, kind, what: breach.summary, by: nairobiText(by) },
          ...{ count: String(businesses.length), link: `${config.publicUrl}/house/breaches` },
        },
      });
    }
  });
}

async function remindBusiness(
  d: BreachDependencies,
  telling: Telling,
  { kind, nowMs }: { kind: ReminderKind; nowMs: number },
): Promise<void> {
  const { breach, one, by } = telling;
  const isTheirs = clockOfReminder(kind) === 'authority' && one.toldAt !== null;
  const people = isTheirs ? await inform(d, telling) : [];
  await d.db.asOperator('remind a business of a breach', async (o) => {
    for (const person of people) {
      await queueMail(o, d.db.platformSeal, {
        ...mailTo(person, [breach.id, one.tenantId, kind]),
        template: 'breach-reminder',
        values: {
          ...{ name: person.name, business: one.name, kind, by: nairobiText(by) },
          link: `${d.config.publicUrl}/settings/breaches`,
        },
      });
    }
    await noteEntry(o, {
      ...{ breachId: breach.id, tenantId: one.tenantId, actor, kind: 'reminder', detail: kind },
      at: instantFromEpochMs(nowMs),
    });
  });
}

/** A mail about a breach goes once to a person, however often it is queued. */
function mailTo(
  { userId, email, locale }: { userId: string; email: string; locale: string },
  about: readonly string[],
): Pick<NewMail, 'id' | 'to' | 'locale'> {
  return { id: derivedUuid(['breach', ...about, userId]), to: email, locale };
}
