/** OpenID providers for tests: a complete one, and one that says whatever a test wants it to say. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

export interface TestProvider {
  issuer: string;
  close(): Promise<void>;
}

export const oidcSecret = 'a secret of thirty-two characters';

/** Starts oidc-provider in a process of its own. */
export async function startOidcProvider(redirectUri: string): Promise<TestProvider> {
  const script = join(process.cwd(), 'tests/support/oidc-provider.mjs');
  const child = spawn(process.execPath, [script, oidcSecret, redirectUri], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout });
  const [issuer] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the provider did not start'))),
  ]);
  return {
    issuer: z.string().parse(issuer),
    close: async () => {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Goes through the provider's pages as a browser would, until it leads back to us. */
export async function visit(address: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(address);
  for (let steps = 0; steps < 10; steps += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    await answer.arrayBuffer();
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`the provider stopped with ${answer.status} at ${url}`);
    const origin = url.origin;
    url = new URL(location, url);
    if (url.origin !== origin) return url;
  }
  throw new Error('the provider leads in circles');
}

export interface DishonestProvider extends TestProvider {
  /** What the next id token says; a claim that is undefined is left out. */
  say(claims: Record<string, unknown>, more?: { isForged?: boolean }): void;
  /** Answers the token request with this status instead. */
  fail(status: number): void;
}

/** Starts a provider whose id tokens say what a test tells it to. */
export async function startDishonestProvider(): Promise<DishonestProvider> {
  const [ours, theirs] = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
  if (ours === undefined || theirs === undefined) throw new Error('no keys');
  let token = '';
  let status = 200;
  const server = createServer((request, response) => {
    const issuer = issuerOf(server);
    const path = new URL(request.url ?? '', issuer).pathname;
    const answers: Record<string, object> = {
      '/.well-known/openid-configuration': {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        authorization_response_iss_parameter_supported: true,
      },
      '/jwks': {
        keys: [{ ...ours.publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }],
      },
      '/token': { access_token: 'opaque', token_type: 'bearer', expires_in: 60, id_token: token },
    };
    const isToken = path === '/token';
    response.writeHead(isToken ? status : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[path] ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    issuer: issuerOf(server),
    say: (claims, { isForged = false } = {}) => {
      status = 200;
      const key = isForged ? theirs.privateKey : ours.privateKey;
      const given = JSON.parse(JSON.stringify(claims));
      token = jwt.sign(given, key, { algorithm: 'RS256', keyid: 'k' });
    },
    fail: (code) => {
      status = code;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function issuerOf(server: Server): string {
  const address = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${address.port}`;
}
