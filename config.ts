/**
 * The only reader of the environment. `readConfig` parses every variable once, reports all
 * problems together and returns a frozen object; entry points pass slices of it down.
 */
import type { KeyObject } from 'node:crypto';
import { parseMsisdn } from './domain/daraja/msisdn.ts';
import { Reader, Secret, type Environment, type IdentityProvider } from './config-reader.ts';

export { Secret } from './config-reader.ts';

export type Profile = 'local' | 'test' | 'production';

export interface Config {
  profile: Profile;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  publicUrl: string;
  gatewayPort: number;
  adminPort: number;
  /** Address the private listener binds to: the loopback, or all inside a container. */
  adminHost: string;
  /** Private listeners of the gateways. */
  internalUrls: readonly string[];
  demoLogin: boolean;
  trustedProxies: readonly string[];
  edge: {
    /** Multiplies every request quota; 1 is what the plans say. */
    rateLimitFactor: number;
    /** Origins whose pages may call the API from a browser. */
    corsOrigins: readonly string[];
  };
  database: {
    url: Secret<string>;
    poolMax: number;
    /** The owner, for the worker that makes schemas and databases of tenants. */
    ownerUrl: Secret<string> | undefined;
  };
  redis: { url: Secret<string> };
  kafka: { brokers: readonly string[]; topicProfile: 'local' | 'production'; topicPrefix: string };
  temporal: { address: string; namespace: string; uiUrl: string; bundleDirectory: string };
  keys: {
    /** Key-encryption key: 32 bytes that wrap each tenant's data key and encrypt Temporal payloads. */
    kek: Secret<Buffer>;
    kekId: string;
  };
  jwt: { privateKey: Secret<KeyObject>; issuer: string; audience: string };
  /** Where people may sign in by OpenID Connect. */
  identityProviders: readonly IdentityProvider[];
  /** Environments in which a flag changes only when a second operator of the house agrees. */
  flagRequestsIn: readonly ('live' | 'test')[];
  mail: { smtpUrl: Secret<string>; from: string };
  /** Goes into every password hash; derived from the key-encryption key when it is not set. */
  passwordPepper: Secret<Buffer> | undefined;
  otlpEndpoint: string | undefined;
  /** `name=action` pairs, comma separated; refused in production. */
  failpoints: string;
  parser: { timeoutMs: number; heapMb: number };
  /** Steps of moves, exports, imports and closings a worker does at the same time. */
  tenantStepsAtOnce: number;
  daraja: DarajaConfig;
}

/** The payment provider: where it is, where it finds us, and how fast we may ask. */
export interface DarajaConfig {
  baseUrl: string;
  /** PEM file of M-PESA's public certificate; empty asks the twin for its own. */
  certificateFile: string;
  /** Public base of callback addresses, without a slash at its end. */
  hooksUrl: string;
  /** Per shortcode, over all workers. */
  callsPerSecond: number;
  /** The number named when the right to list payments is asked for; empty: it is not asked for. */
  pullMsisdn: string;
  /** All payment waits are multiplied by it; below 1 in tests only. */
  timeScale: number;
  /** Addresses and CIDR ranges callbacks may come from; empty lets all in. */
  callbackSources: readonly string[];
  /** Where callbacks wait while the database is away; one folder per process. */
  callbackSpoolDirectory: string;
}

interface Variable {
  name: string;
  about: string;
  example: string;
}

/** Every variable with what it means, in the order in which `.env.example` lists them. */
export const variables: readonly Variable[] = [
  { name: 'DAFTARI_PROFILE', about: 'local, test or production', example: 'local' },
  { name: 'LOG_LEVEL', about: 'debug, info, warn, error or silent', example: 'info' },
  {
    name: 'PUBLIC_URL',
    about: 'address under which people reach the gateway',
    example: 'http://localhost:9000',
  },
  { name: 'GATEWAY_PORT', about: 'public listener: API and dashboard', example: '9000' },
  { name: 'ADMIN_PORT', about: 'private listener: /livez, /readyz, /metrics', example: '9100' },
  { name: 'ADMIN_HOST', about: 'address the private listener binds to', example: '127.0.0.1' },
  {
    name: 'INTERNAL_URLS',
    about: 'private listeners of the gateways, which commands of the house ask, comma separated',
    example: '',
  },
  {
    name: 'DEMO_LOGIN',
    about: 'true shows the demo login on the sign-in screen',
    example: 'false',
  },
  {
    name: 'TRUSTED_PROXIES',
    about: 'addresses whose X-Forwarded-For is believed, comma separated',
    example: '',
  },
  {
    name: 'RATE_LIMIT_FACTOR',
    about: 'multiplies every request quota; 1 is what the plans say',
    example: '1',
  },
  {
    name: 'FLAG_REQUESTS_IN',
    about: 'environments whose features change by two operators: live, test, both or none',
    example: 'live',
  },
  {
    name: 'CORS_ORIGINS',
    about: 'origins whose pages may call the API from a browser, comma separated',
    example: '',
  },
  {
    name: 'DATABASE_URL',
    about: 'PostgreSQL as the restricted role daftari_app',
    example: 'postgres://daftari_app:…@localhost:5432/daftari',
  },
  { name: 'DATABASE_POOL_MAX', about: 'connections per process', example: '12' },
  {
    name: 'DATABASE_OWNER_URL',
    about: 'PostgreSQL as the owner; only for migrations and the worker of the service tenants',
    example: '',
  },
  { name: 'REDIS_URL', about: 'Redis', example: 'redis://localhost:6379' },
  { name: 'KAFKA_BROKERS', about: 'host:port, comma separated', example: 'localhost:9092' },
  { name: 'KAFKA_TOPIC_PROFILE', about: 'local (few partitions) or production', example: 'local' },
  {
    name: 'KAFKA_TOPIC_PREFIX',
    about: 'put before topics and consumer groups, for several environments on one cluster',
    example: '',
  },
  { name: 'TEMPORAL_ADDRESS', about: 'Temporal frontend', example: 'localhost:7233' },
  { name: 'TEMPORAL_NAMESPACE', about: 'Temporal namespace', example: 'daftari' },
  {
    name: 'TEMPORAL_UI_URL',
    about: 'Temporal UI, for links from the dashboard',
    example: 'http://localhost:8233',
  },
  {
    name: 'WORKFLOW_BUNDLE_DIR',
    about: 'where the built workflow bundle is kept',
    example: '.daftari/bundle',
  },
  { name: 'DAFTARI_KEK', about: 'key-encryption key: 32 bytes in base64', example: '' },
  {
    name: 'DAFTARI_KEK_ID',
    about: 'name of that key, kept beside every ciphertext',
    example: 'k1',
  },
  {
    name: 'JWT_PRIVATE_KEY_FILE',
    about: 'PEM file of the RS256 signing key',
    example: '/run/secrets/jwt.pem',
  },
  { name: 'JWT_ISSUER', about: 'issuer of access tokens', example: 'https://daftari.example' },
  {
    name: 'OIDC_PROVIDERS_FILE',
    about:
      'JSON list of OpenID Connect providers to sign in with: id, name, issuer, clientId, clientSecret',
    example: '',
  },
  {
    name: 'SMTP_URL',
    about: 'mail server, with user and password where it asks for them',
    example: 'smtp://localhost:1025',
  },
  { name: 'MAIL_FROM', about: 'sender of mails', example: 'Daftari <no-reply@daftari.example>' },
  {
    name: 'PASSWORD_PEPPER',
    about: '32 bytes in base64 that go into every password hash; empty derives them from the KEK',
    example: '',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    about: 'OTLP over HTTP; empty means no traces leave',
    example: '',
  },
  { name: 'FAILPOINTS', about: 'test builds only: name=kill|throw|wait pairs', example: '' },
  {
    name: 'PARSER_TIMEOUT_MS',
    about: 'wall clock of a small file in the parser cage; the largest may take four times that',
    example: '30000',
  },
  { name: 'PARSER_HEAP_MB', about: 'heap of one parser child', example: '256' },
  {
    name: 'DARAJA_BASE_URL',
    about: 'Daraja: https://api.safaricom.co.ke, the sandbox, or the local twin',
    example: 'http://localhost:9700',
  },
  {
    name: 'DARAJA_CERTIFICATE_FILE',
    about: 'PEM certificate of that environment; empty fetches the one of the twin',
    example: '',
  },
  {
    name: 'HOOKS_URL',
    about: 'public base of callback addresses; PUBLIC_URL when empty',
    example: '',
  },
  {
    name: 'DARAJA_CALLS_PER_SECOND',
    about: 'calls a second per shortcode, all workers together',
    example: '5',
  },
  {
    name: 'DARAJA_PULL_NUMBER',
    about:
      'phone number named to Daraja when the right to list payments is asked for; empty: not asked',
    example: '',
  },
  {
    name: 'PAYMENT_TIME_SCALE',
    about: 'factor on all waits for payments and for closing a business; below 1 in tests only',
    example: '1',
  },
  {
    name: 'CALLBACK_SOURCES',
    about: 'addresses and CIDR ranges callbacks may come from, comma separated; empty lets all in',
    example: '',
  },
  {
    name: 'TENANT_STEPS_AT_ONCE',
    about: 'moves, exports, imports and closings a worker goes on with at the same time',
    example: '2',
  },
  {
    name: 'CALLBACK_SPOOL_DIR',
    about: 'where callbacks wait while the database is away; one folder per process',
    example: '.daftari/callbacks',
  },
];

/**
 * Parses the environment. Throws one `Error` that lists every problem, one a line, so that a
 * deployment is fixed in one go.
 */
export function readConfig(env: Environment): Config {
  const reader = new Reader(env);
  const profile = reader.oneOf('DAFTARI_PROFILE', ['local', 'test', 'production'], 'local');
  const gatewayPort = reader.whole('GATEWAY_PORT', 9000, { min: 0, max: 65535 });
  const publicUrl = reader.text('PUBLIC_URL', `http://localhost:${gatewayPort}`);
  const privateKey = reader.privateKey();
  const config = {
    profile,
    logLevel: reader.oneOf('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], 'info'),
    publicUrl,
    gatewayPort,
    adminPort: reader.whole('ADMIN_PORT', 9100, { min: 0, max: 65535 }),
    adminHost: reader.text('ADMIN_HOST', '127.0.0.1'),
    internalUrls: reader.list('INTERNAL_URLS', ''),
    demoLogin: reader.oneOf('DEMO_LOGIN', ['true', 'false'], 'false') === 'true',
    trustedProxies: reader.list('TRUSTED_PROXIES', ''),
    edge: {
      rateLimitFactor: reader.whole('RATE_LIMIT_FACTOR', 1, { min: 1, max: 100_000 }),
      corsOrigins: reader.list('CORS_ORIGINS', ''),
    },
    database: {
      url: new Secret(reader.text('DATABASE_URL')),
      poolMax: reader.whole('DATABASE_POOL_MAX', 12, { min: 1, max: 200 }),
      ownerUrl: optionalSecret(reader.text('DATABASE_OWNER_URL', '')),
    },
    redis: { url: new Secret(reader.text('REDIS_URL')) },
    kafka: {
      brokers: reader.list('KAFKA_BROKERS'),
      topicProfile: reader.oneOf('KAFKA_TOPIC_PROFILE', ['local', 'production'], 'local'),
      topicPrefix: reader.text('KAFKA_TOPIC_PREFIX', ''),
    },
    temporal: readTemporal(reader),
    keys: { kek: new Secret(reader.kek()), kekId: reader.text('DAFTARI_KEK_ID', 'k1') },
    jwt: { issuer: reader.text('JWT_ISSUER', publicUrl), audience: 'daftari-api' },
    identityProviders: reader.identityProviders(),
    flagRequestsIn: readFlagRequests(reader),
    mail: {
      smtpUrl: new Secret(reader.text('SMTP_URL', 'smtp://localhost:1025')),
      from: reader.text('MAIL_FROM', 'Daftari <no-reply@daftari.example>'),
    },
    passwordPepper: reader.pepper(),
    otlpEndpoint: reader.text('OTEL_EXPORTER_OTLP_ENDPOINT', '') || undefined,
    failpoints: reader.text('FAILPOINTS', ''),
    tenantStepsAtOnce: reader.whole('TENANT_STEPS_AT_ONCE', 2, { min: 1, max: 64 }),
    parser: {
      timeoutMs: reader.whole('PARSER_TIMEOUT_MS', 30_000, { min: 100, max: 600_000 }),
      heapMb: reader.whole('PARSER_HEAP_MB', 256, { min: 64, max: 4096 }),
    },
    daraja: readDaraja(reader, publicUrl),
  };
  refuseContradictions(config, reader.problems);
  if (reader.problems.length > 0 || privateKey === undefined) {
    throw new Error(`The configuration has problems:\n- ${reader.problems.join('\n- ')}`);
  }
  return Object.freeze({ ...config, jwt: { ...config.jwt, privateKey: new Secret(privateKey) } });
}

const demanding = { live: ['live'], test: ['test'], both: ['live', 'test'], none: [] } as const;

function readTemporal(reader: Reader) {
  return {
    address: reader.text('TEMPORAL_ADDRESS'),
    namespace: reader.text('TEMPORAL_NAMESPACE', 'daftari'),
    uiUrl: reader.text('TEMPORAL_UI_URL', 'http://localhost:8233'),
    bundleDirectory: reader.text('WORKFLOW_BUNDLE_DIR', '.daftari/bundle'),
  };
}

function readFlagRequests(reader: Reader) {
  return demanding[
    reader.oneOf('FLAG_REQUESTS_IN', ['live', 'test', 'both', 'none'] as const, 'live')
  ];
}

function readDaraja(reader: Reader, publicUrl: string): DarajaConfig {
  const daraja = {
    baseUrl: reader.text('DARAJA_BASE_URL', 'http://localhost:9700').replace(/\/$/, ''),
    certificateFile: reader.text('DARAJA_CERTIFICATE_FILE', ''),
    hooksUrl: reader.text('HOOKS_URL', publicUrl).replace(/\/$/, ''),
    callsPerSecond: reader.whole('DARAJA_CALLS_PER_SECOND', 5, { min: 1, max: 1000 }),
    pullMsisdn: readPullNumber(reader),
    timeScale: reader.fraction('PAYMENT_TIME_SCALE', 1),
    callbackSources: reader.list('CALLBACK_SOURCES', ''),
    callbackSpoolDirectory: reader.text('CALLBACK_SPOOL_DIR', '.daftari/callbacks'),
  };
  // Words that Daraja refuses anywhere in a callback address.
  if (/m-?pesa|safaricom|exec?|cmd|sql|query/i.test(daraja.hooksUrl)) {
    reader.problems.push('HOOKS_URL holds a word that Daraja refuses in callback addresses');
  }
  return daraja;
}

function readPullNumber(reader: Reader): string {
  const text = reader.text('DARAJA_PULL_NUMBER', '');
  if (text === '') return '';
  const parsed = parseMsisdn(text);
  if (!parsed.ok) reader.problems.push(`DARAJA_PULL_NUMBER: ${parsed.refusal.message}`);
  return parsed.ok ? parsed.msisdn : '';
}

function optionalSecret(text: string): Secret<string> | undefined {
  return text === '' ? undefined : new Secret(text);
}

function refuseContradictions(
  config: Pick<
    Config,
    'profile' | 'failpoints' | 'demoLogin' | 'publicUrl' | 'daraja' | 'identityProviders'
  >,
  problems: string[],
): void {
  if (config.profile !== 'production') return;
  const { baseUrl, certificateFile, hooksUrl, timeScale } = config.daraja;
  for (const [name, url] of Object.entries({ DARAJA_BASE_URL: baseUrl, HOOKS_URL: hooksUrl })) {
    if (!url.startsWith('https:')) problems.push(`${name} must be https in production`);
  }
  for (const { id, issuer } of config.identityProviders) {
    if (!issuer.startsWith('https:')) problems.push(`the issuer of ${id} must be https`);
  }
  if (certificateFile === '') problems.push('DARAJA_CERTIFICATE_FILE is not set');
  if (timeScale !== 1) problems.push('PAYMENT_TIME_SCALE must be 1 in production');
  if (config.failpoints !== '') problems.push('FAILPOINTS must be empty in production');
  if (config.demoLogin) problems.push('DEMO_LOGIN must be false in production');
  if (!config.publicUrl.startsWith('https:'))
    problems.push('PUBLIC_URL must be https in production');
}

/** The text of `.env.example`, generated so that it cannot fall behind. */
export function renderEnvExample(): string {
  return variables.map((v) => `# ${v.about}\n${v.name}=${v.example}\n`).join('\n');
}
