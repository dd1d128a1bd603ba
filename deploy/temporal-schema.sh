#!/bin/sh
# Brings Temporal's two databases to the schema of this image. Safe to run again.
set -eu

SQL_PASSWORD=$(cat /run/secrets/temporal_db_password)
export SQL_PASSWORD

for database in temporal temporal_visibility; do
  schema=${database#temporal_}
  on() { temporal-sql-tool --plugin postgres12 --ep temporal-db -p 5432 -u temporal --db "$database" "$@"; }
  on create || echo "$database: not created; taken to exist already"
  on setup-schema -v 0.0
  on update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
