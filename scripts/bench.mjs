/** `npm run bench -- NAME… [--json] [--smoke]`: see bench/run.ts. */
import { runBesideServices } from './beside-services.mjs';

await runBesideServices('bench/run.ts');
