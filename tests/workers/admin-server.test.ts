import { readFileSync } from 'node:fs';
import { Registry, Counter } from 'prom-client';
import { startAdminServer } from '../../workers/admin-server.ts';

describe("a worker's private listener", () => {
  const registry = new Registry();
  new Counter({ name: 'daftari_test_total', help: 'For this test', registers: [registry] }).inc();
  const parts = { relay: true, temporal: false };
  let server: Awaited<ReturnType<typeof startAdminServer>>;
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

  beforeAll(async () => {
    server = await startAdminServer({ port: 0, registry, parts: () => parts });
  });

  afterAll(() => server.stop());

  test('is alive while its event loop turns', async () => {
    const response = await get('/livez');

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'alive' });
  });

  test('is ready only when every part runs', async () => {
    parts.temporal = false;
    const waiting = await get('/readyz');
    parts.temporal = true;
    const ready = await get('/readyz');

    expect(waiting.status).toBe(503);
    expect(await waiting.json()).toEqual({ ready: false, relay: 'up', temporal: 'down' });
    expect(ready.status).toBe(200);
  });

  test('says which version runs', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

    expect(await (await get('/version')).json()).toEqual({ version, node: process.version });
  });

  test('shows its metrics and nothing else', async () => {
    const metrics = await get('/metrics');

    expect(await metrics.text()).toContain('daftari_test_total 1');
    expect((await get('/')).status).toBe(404);
  });
});
