/** `npm run chaos -- --seeds FROM-TO --ops N [--json]`: see simulators/chaos/run.ts. */
import { runBesideServices } from './beside-services.mjs';

await runBesideServices('simulators/chaos/run.ts');
