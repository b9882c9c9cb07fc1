#!/bin/sh
# Sends a statement and waits up to half a minute for its reading: send-statement.sh march.csv
set -eu
file=${1:-statement.csv}
digest=$(openssl dgst -sha256 -binary "$file" | openssl base64 -A)
answer=$(curl -sS --fail-with-body "$DAFTARI_URL/v1/statements" \
  -H "Authorization: Bearer $DAFTARI_KEY" -H 'Content-Type: application/octet-stream' \
  -H "X-File-Name: $(basename "$file")" -H "Content-Digest: sha-256=:$digest:" \
  --data-binary "@$file")
operation=$(printf '%s' "$answer" | sed 's/.*"\(op_[0-9a-f]*\)".*/\1/')
curl -sS --fail-with-body "$DAFTARI_URL/v1/operations/$operation" \
  -H "Authorization: Bearer $DAFTARI_KEY" -H "Prefer: wait=${DAFTARI_WAIT:-30}"
echo
