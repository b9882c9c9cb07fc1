/** `node scripts/seed.ts`: makes sure that the demo tenant exists. */
import { demoLogin, ensureDemoTenant } from './demo-tenant.ts';
import { withHouseDatabase } from './house-database.ts';

await withHouseDatabase(async (db, { profile }) => {
  if (profile === 'production') throw new Error('The demo tenant is not for production.');
  await ensureDemoTenant(db);
});
console.log(`Demo login: ${demoLogin.email} / ${demoLogin.password}`);
