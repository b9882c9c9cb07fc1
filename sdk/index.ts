/**
 * The Daftari API from TypeScript. Operations, their requests and answers are made from the API's
 * own document when the package is built (`npm run sdk`); what is here makes them pleasant.
 */
import { createClient, createConfig } from './generated/client/index.js';
import { patientFetch, type Patience } from './patient-fetch.ts';

export { eachOf } from './each-of.ts';
export { serverEvents, type ServerEvent } from './server-events.ts';
export { patientFetch, type Patience } from './patient-fetch.ts';
export * from './generated/index.js';

/**
 * A client for one business. `key` is an API key, or an access token of a session; give the client
 * to each operation: `getAccounts({ client })`. Answers are `{ data, error }`; `error` is the problem
 * document.
 */
export function daftari(chosen: { baseUrl: string; key: string } & Partial<Patience>) {
  const { baseUrl, key, ...patience } = chosen;
  return createClient(createConfig({ baseUrl, auth: key, fetch: patientFetch(patience) }));
}
