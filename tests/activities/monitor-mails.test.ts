import { randomUUID } from 'node:crypto';
import { renderMail } from '../../activities/mail-templates.ts';
import { monitorGroup, startMonitorMails } from '../../activities/monitor-mails.ts';
import { relayBatch } from '../../activities/relay.ts';
import type { EventBus } from '../../activities/kafka/event-bus.ts';
import { watchAccount } from '../../db/ledger-monitors.ts';
import { claimMails, type Mail } from '../../db/mails.ts';
import { removeMember } from '../../db/members.ts';
import { addMember, createUser } from '../../db/tenants.ts';
import { id, type UserId } from '../../domain/ids.ts';
import { paidOut, purse } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { aReceipt, post } from '../db/ledger-fixture.ts';
import { openTestBus, silentTelemetry } from '../support/bus.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let bus: EventBus;
let owner: Somebody;
let mails: Mail[];
const telemetry = silentTelemetry();

beforeAll(async () => {
  [database, bus] = await Promise.all([createTestDatabase(), openTestBus()]);
});
beforeEach(async () => {
  owner = await aTenant(database.db);
  mails = [];
});
afterAll(async () => {
  await bus.close();
  await database.drop();
  await telemetry.stop();
});

async function aMember(role: 'finance' | 'analyst', locale: string): Promise<UserId> {
  const userId = id('user', randomUUID());
  const email = `${role}-${userId.slice(0, 8)}@daftari.test`;
  const person = { id: userId, email, name: `A ${role}`, passwordHash: 'none', locale };
  await database.db.asOperator('create a user for a test', (o) => createUser(o, person));
  await database.db.withTenant(owner.tenantId, (t) => addMember(t, { userId, role }));
  return userId;
}

/** Money leaves an account that is watched, below the line. */
async function aCrossing(): Promise<void> {
  const shortcodeId = randomUUID();
  await post(database.db, owner.tenantId, aReceipt(shortcodeId, 100_000));
  await database.db.withTenant(owner.tenantId, (t) =>
    watchAccount(t, {
      ...{ account: purse(shortcodeId), name: 'Float', direction: 'below', actor: 'user:test' },
      thresholdCents: cents(50_000),
    }),
  );
  const postings = paidOut({ shortcodeId, amountCents: cents(70_000) });
  await post(database.db, owner.tenantId, aReceipt(shortcodeId, 1, { postings }));
}

const parts = (nowMs = Date.now()) => ({
  ...{ bus, telemetry, db: database.db, now: () => nowMs },
  publicUrl: 'https://daftari.test',
});
const handled = async () =>
  Number(
    (
      await database.asOwner(
        `select count(*) as n from shared.consumed_events where tenant_id = $1 and consumer = $2`,
        [owner.tenantId, monitorGroup.consumer],
      )
    )[0]?.['n'],
  );

/** Publishes what waits, as often as is said, and lets the consumer take it all. */
async function deliver({ times = 1, nowMs = Date.now() } = {}): Promise<void> {
  const consumer = await startMonitorMails(parts(nowMs));
  for (let time = 0; time < times; time += 1) {
    // A crash between the mails and the note of the event, and a relay that died before its mark.
    await database.asOwner('delete from shared.consumed_events where tenant_id = $1', [
      owner.tenantId,
    ]);
    await database.asOwner(
      'update shared.outbox set published_at = null, claimed_until = null where tenant_id = $1',
      [owner.tenantId],
    );
    const failpoint = async () => {};
    const startWorkflow = async () => {};
    const relay = { ...parts(), failpoint, startWorkflow };
    while ((await relayBatch(relay, 'event')) > 0);
    await until(async () => (await handled()) === 1, { withinMs: 20_000 });
  }
  await consumer.stop();
  mails = await database.db.asOperator('read mails in a test', (o) =>
    claimMails(o, database.db, { limit: 50, leaseSeconds: 60 }),
  );
}

test('a crossing is mailed once to each person of a role that is told, in their language', async () => {
  await aMember('finance', 'sw');
  await aMember('analyst', 'en');
  await aCrossing();

  await deliver({ times: 2 });

  const texts = mails.map((mail) => renderMail(mail)).sort((a, b) => (a.text < b.text ? 1 : -1));
  expect(mails.map(({ to }) => to)).not.toContain(expect.stringContaining('analyst'));
  expect(texts).toEqual([
    {
      subject: 'Float: below KES 500.00',
      text: expect.stringMatching(/Hello Owner[^]*went below KES 500.00 at [^]*It was KES 300.00/),
    },
    {
      subject: 'Float: chini ya KES 500.00',
      text: expect.stringMatching(/Habari A finance[^]*chini ya KES 500.00[^]*KES 300.00/),
    },
  ]);
});

test('whoever left the business before it is told gets no mail', async () => {
  const left = await aMember('finance', 'en');
  await aCrossing();
  await database.db.withTenant(owner.tenantId, (t) => removeMember(t, left));

  await deliver();

  expect(mails.map(({ to }) => to)).toEqual([owner.email]);
});

test('a crossing of the day before yesterday is not mailed any more', async () => {
  await aCrossing();

  await deliver({ nowMs: Date.now() + 48 * 60 * 60 * 1000 });

  expect(mails).toEqual([]);
});
