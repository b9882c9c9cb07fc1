/**
 * A mail server that delivers nothing: it keeps the last mails in memory and shows them on a page,
 * so that links of sign-ups and resets can be followed on a developer's machine and in tests.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { mailPage } from './page.ts';

export interface CaughtMail {
  number: number;
  to: string;
  from: string;
  subject: string;
  text: string;
  messageId: string;
  receivedAt: string;
}

export interface MailCatcher {
  smtpUrl: string;
  pageUrl: string;
  mails(): readonly CaughtMail[];
  /** Refuses the next mails with a temporary error. */
  refuseNext(count: number): void;
  close(): Promise<void>;
}

const keptMax = 500;

/** Starts on the given ports; 0 takes free ones. */
export async function startMailCatcher(
  ports: { smtp?: number; page?: number } = {},
): Promise<MailCatcher> {
  const kept: CaughtMail[] = [];
  let number = 0;
  let refusals = 0;
  const keep = async (raw: Buffer, to: readonly string[]) => {
    const parsed = await PostalMime.parse(raw);
    number += 1;
    kept.push({
      number,
      to: to.join(', '),
      from: parsed.from?.address ?? '',
      subject: parsed.subject ?? '',
      text: parsed.text ?? '',
      messageId: parsed.messageId ?? '',
      receivedAt: new Date().toISOString(),
    });
    if (kept.length > keptMax) kept.shift();
  };
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refusals > 0) {
          refusals -= 1;
          done(Object.assign(new Error('come back later'), { responseCode: 451 }));
          return;
        }
        const to = session.envelope.rcptTo.map(({ address }) => address);
        void keep(Buffer.concat(chunks), to)
          .catch(() => {})
          .finally(done);
      });
    },
  });
  smtp.on('error', () => {});
  await new Promise<void>((resolve) => smtp.listen(ports.smtp ?? 0, '127.0.0.1', resolve));
  const pages = pageServer(kept);
  const pageUrl = await listen(pages, ports.page ?? 0);
  const { port } = smtp.server.address() as AddressInfo;
  return {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    pageUrl,
    mails: () => kept,
    refuseNext: (count) => (refusals = count),
    close: async () => {
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
      pages.closeAllConnections();
      await new Promise((resolve) => pages.close(resolve));
    },
  };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function pageServer(kept: readonly CaughtMail[]): Server {
  return createServer((request, response) => {
    const isJson = request.url?.startsWith('/mails') === true;
    response.setHeader('Content-Type', isJson ? 'application/json' : 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    response.end(isJson ? JSON.stringify(kept) : mailPage(kept.toReversed()));
  });
}
