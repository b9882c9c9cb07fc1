import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { profileDirectory } from './paths.mjs';
import { readJson, writeJson } from './profile-state.mjs';

/**
 * The secrets of one profile, made at random the first time and kept in its folder with mode 0600:
 * passwords of the database's owner and of the product's role, the key that encrypts keys (32 bytes,
 * base64) and the file of the RS256 key that signs logins.
 */
export function profileSecrets(profile) {
  const folder = profileDirectory(profile);
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'secrets.json');
  const secrets = { ...newSecrets(), ...readJson(file) };
  writeJson(file, secrets);
  return { ...secrets, jwtPrivateKeyFile: signingKey(folder) };
}

function newSecrets() {
  return {
    postgresPassword: randomBytes(18).toString('base64url'),
    appPassword: randomBytes(18).toString('base64url'),
    kek: randomBytes(32).toString('base64'),
  };
}

function signingKey(folder) {
  const file = path.join(folder, 'jwt-private-key.pem');
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  }
  return file;
}
