#!/bin/sh
# Makes the secrets of a local installation, each only when it is missing, in the folder /keys. Real
# installations mount their own files there instead.
set -eu
umask 077
cd "${1:-/keys}"
random() { node -e "console.log(require('crypto').randomBytes($1).toString('$2'))"; }
[ -s postgres-password ] || random 18 base64url >postgres-password
[ -s app-password ] || random 18 base64url >app-password
[ -s kek ] || random 32 base64 >kek
[ -s jwt-private-key.pem ] || node -e "
  const { generateKeyPairSync } = require('crypto');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  process.stdout.write(privateKey.export({ type: 'pkcs8', format: 'pem' }));
" >jwt-private-key.pem
# PostgreSQL and Temporal run as other users in their own containers.
chmod 0644 postgres-password
