#!/bin/bash
# Prepares a database the first time, then becomes the server. Understands what the official image's users rely on:
# POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB (each also as ..._FILE), POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD,
# PGDATA, and scripts in /docker-entrypoint-initdb.d.
set -euo pipefail

from_file() {
  local file=$1_FILE
  if [ -n "${!file:-}" ]; then export "$1=$(<"${!file}")"; fi
}

prepare() {
  local user=$1 database=$2 script
  # shellcheck disable=SC2086
  initdb --no-sync --username "$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-}") --auth-local=trust --auth-host=trust ${POSTGRES_INITDB_ARGS:-}
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"

  # Its log goes to ours: Testcontainers takes the second "ready to accept connections" for the real start.
  pg_ctl --wait start -o "-c listen_addresses='' -c unix_socket_directories='$PGHOST'"
  if [ "$database" != postgres ]; then createdb --username "$user" "$database"; fi
  for script in /docker-entrypoint-initdb.d/*; do
    # shellcheck disable=SC1090
    case $script in
      *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
      *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$user" --dbname "$database" --file "$script" ;;
      *.sql.gz) zcat "$script" | psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$user" --dbname "$database" ;;
    esac
  done
  pg_ctl --wait --mode fast stop
  echo
  echo "PostgreSQL init process complete; ready for start up."
  echo
}

if [ "${1:-postgres}" = postgres ] || [ "${1:0:1}" = - ]; then
  if [ "${1:-}" = postgres ]; then shift; fi
  for variable in POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB; do from_file $variable; done
  user=${POSTGRES_USER:-postgres}

  # A volume's own folder belongs to root, and a data folder must belong to the server: one below it does.
  mkdir -p "$PGDATA"
  if [ ! -O "$PGDATA" ]; then export PGDATA=$PGDATA/pgdata; fi
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  # With a read-only root the usual folder for the socket may not be writable.
  for PGHOST in /var/run/postgresql /tmp "$PGDATA"; do if [ -w "$PGHOST" ]; then break; fi; done
  export PGHOST

  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
      echo "POSTGRES_PASSWORD must not be empty, or POSTGRES_HOST_AUTH_METHOD must be trust." >&2
      exit 1
    fi
    [ -n "${POSTGRES_PASSWORD:-}" ] || POSTGRES_PASSWORD=unused
    prepare "$user" "${POSTGRES_DB:-$user}"
  fi
  exec postgres -c listen_addresses='*' -c unix_socket_directories="$PGHOST" "$@"
fi
exec "$@"
