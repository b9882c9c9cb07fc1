/**
 * Sends the mails that wait in the database. A mail is leased, handed to the mail server and marked;
 * whoever dies in between loses the lease, and the mail goes out again under the same Message-ID.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createTransport, type Transporter } from 'nodemailer';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { claimMails, markSent, markUnsent, type Mail } from '../db/mails.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Failpoint } from './failpoint.ts';
import { renderMail } from './mail-templates.ts';

export interface MailerWorld {
  db: Database;
  config: Pick<Config, 'mail'>;
  telemetry: Pick<Telemetry, 'log'>;
  failpoint: Failpoint;
}

const pollMs = 500;
const batch = { limit: 10, leaseSeconds: 120 };
const attemptsMax = 12;

/** Sends until it is stopped; a mail server that is away is tried again later. */
export function startMailer(world: MailerWorld): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const transport = openTransport(world.config.mail);
  const run = async () => {
    while (!stopping.signal.aborted) {
      const count = await sendWaiting(world, transport).catch((err: unknown) => {
        world.telemetry.log.warn({ event: 'mailsNotRead', err });
        return 0;
      });
      if (count < batch.limit) await delay(pollMs, undefined, stopping).catch(() => {});
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
      transport.close();
    },
  };
}

function openTransport({ smtpUrl, from }: Config['mail']): Transporter {
  const limits = 'pool=true&maxConnections=2&connectionTimeout=5000&socketTimeout=20000';
  const url = smtpUrl.reveal();
  return createTransport(`${url}${url.includes('?') ? '&' : '?'}${limits}`, { from });
}

/** Sends one batch; answers how many mails were tried. */
async function sendWaiting(world: MailerWorld, transport: Transporter): Promise<number> {
  const { db } = world;
  const mails = await db.asOperator('claim mails', (o) => claimMails(o, db, batch));
  for (const mail of mails) await sendOne(world, transport, mail);
  return mails.length;
}

async function sendOne(world: MailerWorld, transport: Transporter, mail: Mail): Promise<void> {
  const { db, telemetry, failpoint } = world;
  try {
    const { subject, text } = renderMail(mail);
    await transport.sendMail({
      ...{ to: mail.to, subject, text },
      messageId: `<${mail.id}@daftari>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': mail.locale },
    });
    await failpoint('mail.sent');
    await db.asOperator('mark a mail', (o) => markSent(o, mail.id));
    telemetry.log.info({ event: 'mailSent', template: mail.template, mailId: mail.id });
  } catch (err) {
    const error = String(err instanceof Error ? err.message : err);
    const isLast = mail.attempts >= attemptsMax || isRefusedForGood(err);
    const againInSeconds = isLast ? undefined : Math.min(5 * 2 ** (mail.attempts - 1), 3600);
    telemetry.log.warn({ event: 'mailNotSent', template: mail.template, mailId: mail.id, err });
    await db.asOperator('keep a mail', (o) =>
      markUnsent(o, { id: mail.id, error, againInSeconds }),
    );
  }
}

/** 5yz of RFC 5321 for the recipient: no such mailbox. */
function isRefusedForGood(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'responseCode' in error;
  return code && Number(error.responseCode) >= 550 && Number(error.responseCode) < 560;
}
