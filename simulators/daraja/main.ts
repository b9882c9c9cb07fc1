/**
 * Command line of the Daraja twin: `npm run daraja-twin -- --port 9700 --seed 1`.
 * `--help` explains the rest.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { usualCredentials } from './defaults.ts';
import { wantRules } from './admin/wishes.ts';
import { startDarajaTwin } from './twin.ts';

const help = `A local twin of Daraja, the M-PESA API, with a book of its own.

  npm run daraja-twin [-- OPTIONS]

  --port N          where to listen (9700)
  --host ADDRESS    on which address (127.0.0.1)
  --seed N          decides every id, receipt and fault (1)
  --clock KIND      real, or virtual: time moves by POST /twin/clock only
  --latency MS      every answer waits this long (0)
  --rules FILE      a JSON list of fault rules to begin with
  --data FILE       keeps the book in this file
  --phone ACTION    pin, cancel, ignore, wrong-pin or ask (pin)
  --phone-after MS  how long customers take (1000)
  --help            this text

Open http://127.0.0.1:9700/ for the phones, the book, the log and the rules.
Point a client at it: base URL http://127.0.0.1:9700, consumer key ${usualCredentials.consumerKey},
secret ${usualCredentials.consumerSecret}, passkey ${usualCredentials.passkey}, shortcodes 174379 and 600984 (pay bills), 5123456 (till of
store 600000), initiator ${usualCredentials.initiatorName} with password ${usualCredentials.initiatorPassword}.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '9700' },
      host: { type: 'string', default: '127.0.0.1' },
      seed: { type: 'string', default: '1' },
      clock: { type: 'string', default: 'real' },
      latency: { type: 'string', default: '0' },
      rules: { type: 'string' },
      data: { type: 'string' },
      phone: { type: 'string', default: 'pin' },
      'phone-after': { type: 'string', default: '1000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const rules =
    values.rules === undefined ? [] : wantRules(JSON.parse(await readFile(values.rules, 'utf8')));
  const twin = await startDarajaTwin({
    port: whole(values.port, 'port'),
    host: values.host,
    seed: whole(values.seed, 'seed'),
    clock: oneOf(values.clock, 'clock', ['real', 'virtual']),
    latencyMs: whole(values.latency, 'latency'),
    rules,
    ...(values.data !== undefined && { dataFile: values.data }),
    settings: {
      phone: {
        action: oneOf(values.phone, 'phone', ['pin', 'cancel', 'ignore', 'wrong-pin', 'ask']),
        afterMs: whole(values['phone-after'], 'phone-after'),
      },
    },
  });
  process.stdout.write(`The Daraja twin listens at ${twin.url} (seed ${values.seed}).\n`);
  const stop = (): void => {
    twin.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function whole(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is not a whole number: ${text}`);
  return Number(text);
}

function oneOf<T extends string>(text: string, name: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === text);
  if (found === undefined)
    throw new Error(`--${name} is not one of ${allowed.join(', ')}: ${text}`);
  return found;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
