/** Asks for KES 1,500 by STK push and says what became of it: `node collect.ts 0712345678 INV-1`. */
import { randomUUID } from 'node:crypto';

const { DAFTARI_URL = '', DAFTARI_KEY = '', DAFTARI_SHORTCODE = '' } = process.env;
const waitSeconds = Number(process.env['DAFTARI_WAIT'] ?? 120);
const [msisdn = '0712345678', accountReference = 'INV-1'] = process.argv.slice(2);
const headers = { authorization: `Bearer ${DAFTARI_KEY}`, 'content-type': 'application/json' };

interface Collection {
  id: string;
  status: string;
  receipt: string | null;
}

async function read(answer: Response): Promise<Collection> {
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Collection;
}

const wish = { shortcodeId: DAFTARI_SHORTCODE, msisdn, amountCents: 150_000, accountReference };
let collection = await read(
  await fetch(`${DAFTARI_URL}/v1/collections`, {
    method: 'POST',
    // Made once for this wish: send the same one again when no answer comes.
    headers: { ...headers, 'idempotency-key': randomUUID() },
    body: JSON.stringify(wish),
  }),
);

const undecided = new Set(['requested', 'sending', 'prompted']);
for (let left = waitSeconds; undecided.has(collection.status) && left > 0; left -= 2) {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  collection = await read(
    await fetch(`${DAFTARI_URL}/v1/collections/${collection.id}`, { headers }),
  );
}
process.stdout.write(`${collection.status} ${collection.receipt ?? ''}\n`);
