import { openBench } from './bench-client.ts';
import type { Bench } from './bench-client.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
});

afterAll(() => bench.close());

test.each([
  ['/', 'text/html'],
  ['/twin/page/page.css', 'text/css'],
  ['/twin/page/page.js', 'text/javascript'],
])(
  '%s is served by the twin itself under a policy that allows nothing else',
  async (path, type) => {
    const response = await fetch(`${bench.twin.url}${path}`);
    const text = await response.text();

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(type);
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'/,
    );
    expect(text).not.toMatch(/https?:\/\//);
    expect(text).not.toMatch(/<script>|style=|onclick=/);
  },
);

test('the log keeps the last calls and no more', async () => {
  const small = await openBench({ logSize: 10 });
  for (let index = 0; index < 25; index += 1) await small.push({ Amount: 0 });
  const { lines, written } = (await small.admin('GET', '/log')) as {
    lines: { number: number }[];
    written: number;
  };
  await small.close();

  expect(written).toBe(26);
  expect(lines.map(({ number }) => number)).toEqual([26, 25, 24, 23, 22, 21, 20, 19, 18, 17]);
});

test('a prompt waits for a person and takes one answer', async () => {
  await bench.admin('PUT', '/settings', { phone: { action: 'ask', afterMs: 0 } });
  await bench.push();
  const { phones } = (await bench.admin('GET', '/phones')) as { phones: { msisdn: string }[] };
  await bench.admin('POST', `/phones/${phones[0]?.msisdn}/answer`, { action: 'pin' });

  expect(phones).toHaveLength(1);
  await expect(
    bench.admin('POST', `/phones/${phones[0]?.msisdn}/answer`, { action: 'pin' }),
  ).rejects.toThrow('has no open prompt');
});
