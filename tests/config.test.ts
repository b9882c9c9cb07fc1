import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readConfig, renderEnvExample, variables } from '../config.ts';

const directory = mkdtempSync(join(tmpdir(), 'daftari-config-'));
afterAll(() => rmSync(directory, { recursive: true }));
const keyFile = join(directory, 'jwt.pem');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));

function anEnvironment(differences: Record<string, string> = {}): Record<string, string> {
  return {
    DATABASE_URL: 'postgres://daftari_app:hidden@localhost/daftari',
    REDIS_URL: 'redis://localhost',
    KAFKA_BROKERS: 'a:9092, b:9092',
    TEMPORAL_ADDRESS: 'localhost:7233',
    DAFTARI_KEK: randomBytes(32).toString('base64'),
    JWT_PRIVATE_KEY_FILE: keyFile,
    ...differences,
  };
}

describe('readConfig', () => {
  test('reads a complete environment', () => {
    const config = readConfig(anEnvironment());

    expect(config.kafka.brokers).toEqual(['a:9092', 'b:9092']);
    expect(config.database.url.reveal()).toContain('daftari_app');
  });

  test('asks for two operators in production unless something else is said', () => {
    const read = (value: string) =>
      readConfig(anEnvironment({ FLAG_REQUESTS_IN: value })).flagRequestsIn;

    expect(readConfig(anEnvironment()).flagRequestsIn).toEqual(['live']);
    expect([read('both'), read('none')]).toEqual([['live', 'test'], []]);
    expect(() => read('production')).toThrow(/FLAG_REQUESTS_IN must be one of/);
  });

  test('reports all problems together', () => {
    const attempt = () =>
      readConfig({ DAFTARI_PROFILE: 'moon', GATEWAY_PORT: '99999', DAFTARI_KEK: 'short' });

    expect(attempt).toThrow(
      /DAFTARI_PROFILE must be one of[\s\S]*GATEWAY_PORT must be[\s\S]*DATABASE_URL is not set[\s\S]*DAFTARI_KEK must be 32 bytes/,
    );
  });

  test('reads where people may sign in from a file, and says what is wrong in it', () => {
    const file = join(directory, 'providers.json');
    const provider = {
      ...{ id: 'zuri', name: 'Zuri ID', issuer: 'http://id.example', clientId: 'daftari' },
      clientSecret: 'a secret long enough',
    };
    const read = (list: object[], more: Record<string, string> = {}) => {
      writeFileSync(file, JSON.stringify(list));
      return readConfig(anEnvironment({ OIDC_PROVIDERS_FILE: file, ...more }));
    };

    expect(readConfig(anEnvironment()).identityProviders).toEqual([]);
    expect(read([provider]).identityProviders[0]?.clientSecret.reveal()).toContain('long enough');
    expect(inspect(read([provider]))).not.toContain('long enough');
    expect(() => read([{ ...provider, clientSecret: 'short' }])).toThrow(/0.clientSecret/);
    expect(() => read([provider, provider])).toThrow(/ids must differ/);
    expect(() => read([provider], { DAFTARI_PROFILE: 'production' })).toThrow(
      /issuer of zuri must be https/,
    );
    writeFileSync(file, 'no JSON');
    expect(() => readConfig(anEnvironment({ OIDC_PROVIDERS_FILE: file }))).toThrow(/as JSON/);
  });

  test('refuses callback addresses with a word that Daraja refuses', () => {
    for (const url of ['https://mpesa.example', 'https://pay.example/Safaricom', 'https://sql.x']) {
      expect(() => readConfig(anEnvironment({ HOOKS_URL: url }))).toThrow(/HOOKS_URL holds a word/);
    }
  });

  test('production speaks to Daraja by https, with its certificate and in real time', () => {
    const attempt = () =>
      readConfig(
        anEnvironment({
          ...{ DAFTARI_PROFILE: 'production', PUBLIC_URL: 'https://daftari.example' },
          ...{ DARAJA_BASE_URL: 'http://localhost:1', PAYMENT_TIME_SCALE: '0.5' },
        }),
      );

    expect(attempt).toThrow(
      /DARAJA_BASE_URL must be https[\s\S]*DARAJA_CERTIFICATE_FILE is not set[\s\S]*PAYMENT_TIME_SCALE must be 1/,
    );
  });

  test('refuses settings that contradict production', () => {
    const attempt = () =>
      readConfig(
        anEnvironment({ DAFTARI_PROFILE: 'production', FAILPOINTS: 'x=kill', DEMO_LOGIN: 'true' }),
      );

    expect(attempt).toThrow(/FAILPOINTS[\s\S]*DEMO_LOGIN[\s\S]*PUBLIC_URL must be https/);
  });

  test('a secret prints nowhere', () => {
    const config = readConfig(anEnvironment());

    const printed = `${JSON.stringify(config)} ${inspect(config, { depth: 9 })} ${config.database.url}`;

    expect(printed).not.toContain('hidden');
    expect(printed).toContain('[secret]');
  });
});

describe('.env.example', () => {
  test('is what config.ts generates', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(renderEnvExample());
  });

  test('lists every variable that config.ts reads', () => {
    const read = [
      ...readFileSync('config.ts', 'utf8').matchAll(
        /reader\.\w+\(\s*'([A-Z_]+)'|this\.text\('([A-Z_]+)'\)/g,
      ),
    ];
    const names = new Set(read.map((match) => match[1] ?? match[2]));

    expect([...names].filter((name) => !variables.some((v) => v.name === name))).toEqual([]);
  });
});
