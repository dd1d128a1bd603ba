#!/bin/sh
# The image reads the password of its database from the environment only: here it comes from a file, so that `docker inspect` does not tell it.
set -eu
POSTGRES_PWD=$(cat /run/secrets/temporal_db_password)
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
