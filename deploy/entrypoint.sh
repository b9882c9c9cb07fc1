#!/bin/sh
# For every variable NAME_FILE, reads NAME from that file, so that secrets come from mounted files and
# never stand in a compose file. Then becomes the given command.
set -eu
for name in DAFTARI_KEK DATABASE_OWNER_PASSWORD DAFTARI_APP_PASSWORD; do
  eval "file=\${${name}_FILE:-}"
  [ -n "$file" ] || continue
  value=$(cat "$file")
  export "$name=$value"
done
# The connection strings are put together here, since their passwords are secrets.
if [ -n "${DAFTARI_APP_PASSWORD:-}" ] && [ -z "${DATABASE_URL:-}" ]; then
  export DATABASE_URL="postgres://daftari_app:$DAFTARI_APP_PASSWORD@$DATABASE_HOST/daftari"
fi
if [ -n "${DATABASE_OWNER_PASSWORD:-}" ] && [ -z "${DATABASE_OWNER_URL:-}" ]; then
  export DATABASE_OWNER_URL="postgres://postgres:$DATABASE_OWNER_PASSWORD@$DATABASE_HOST/daftari"
fi
exec "$@"
