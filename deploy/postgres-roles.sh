#!/bin/sh
# Run by the PostgreSQL image once, when it makes the database.
set -eu
exec psql -v ON_ERROR_STOP=1 -v owner_password="$(cat /run/secrets/assist_db_password)" -v worker_password="$(cat /run/secrets/assist_db_worker_password)" \
  -v events_password="$(cat /run/secrets/assist_db_events_password)" \
  -v panel_password="$(cat /run/secrets/assist_db_panel_password)" \
  -v console_password="$(cat /run/secrets/assist_db_console_password)" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -f /deploy/roles.sql
