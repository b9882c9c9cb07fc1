/** `node scripts/seed.ts`: makes sure that the demo tenant exists. */
import { readConfig } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { demoLogin, ensureDemoTenant } from './demo-tenant.ts';

const config = readConfig(process.env);
if (config.profile === 'production') throw new Error('The demo tenant is not for production.');
const db = openDatabase({
  url: config.database.url.reveal(),
  poolMax: 2,
  kek: config.keys.kek.reveal(),
  kekId: config.keys.kekId,
});
try {
  await ensureDemoTenant(db);
  console.log(`Demo login: ${demoLogin.email} / ${demoLogin.password}`);
} finally {
  await db.close();
}
