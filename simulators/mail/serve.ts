/** `node simulators/mail/serve.ts SMTP_PORT PAGE_PORT`: catches mails until it is stopped. */
import { startMailCatcher } from './catcher.ts';

const [smtp = 1025, page = 8025] = process.argv.slice(2).map(Number);
const catcher = await startMailCatcher({ smtp, page });
console.log(`Mails are caught at ${catcher.smtpUrl} and shown at ${catcher.pageUrl}`);
process.once('SIGTERM', () => void catcher.close());
process.once('SIGINT', () => void catcher.close());
