import { constants, publicEncrypt } from 'node:crypto';

/**
 * The initiator's password under the public key of M-PESA's certificate, PKCS#1 v1.5, in base64.
 * Every call gives other bytes. Throws when the certificate is not one.
 */
export function securityCredential(certificatePem: string, password: string): string {
  const key = { key: certificatePem, padding: constants.RSA_PKCS1_PADDING };
  return publicEncrypt(key, Buffer.from(password, 'utf8')).toString('base64');
}
