/** `node tests/web/support/serve-fixtures.ts [port]`: the built dashboard over fixtures, to look at. */
import { startFixtureServer } from './fixture-server.ts';

const server = await startFixtureServer({
  distFolder: 'web/dist',
  port: Number(process.argv[2] ?? 9300),
  stepMs: 900,
  rowCount: Number(process.argv[3] ?? 12_000),
});
console.log(`${server.url}  demo@daftari.test / karibu-daftari-2026`);
