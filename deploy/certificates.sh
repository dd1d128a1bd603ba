#!/bin/sh
# Makes an authority of this stand's own and one certificate for each process that talks to Temporal. Run it once before the first
# `docker compose up`, and again with RENEW=1 before they end (after a year; the authority after ten). Then restart everything.
#   deploy/certificates.sh [folder = deploy/certificates]
# Whoever has one of these keys may do everything in Temporal, and whoever has ca/ca.key may make more: keep the folder to yourself.
set -eu

folder=${1:-$(dirname "$0")/certificates}
days=${DAYS:-365}
umask 077
mkdir -p "$folder/ca"
# The folder keeps others on this host out; within it the keys are readable, since each image runs as a user of its own.
chmod 0700 "$folder" "$folder/ca"

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

if [ ! -e "$folder/ca/ca.key" ]; then
  key "$folder/ca/ca.key"
  openssl req -x509 -new -sha256 -key "$folder/ca/ca.key" -days 3650 -subj '/CN=Assist Rollouts stand' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign' -out "$folder/ca/ca.crt"
fi

# name, extended key usage, further names
certificate() {
  place="$folder/$1"
  [ ! -e "$place/tls.crt" ] || [ -n "${RENEW:-}" ] || return 0
  mkdir -p "$place"
  key "$place/tls.key"
  openssl req -new -sha256 -key "$place/tls.key" -subj "/CN=$1" -out "$place/tls.csr"
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\nsubjectAltName=DNS:%s%s\n' "$2" "$1" "${3:-}" > "$place/extensions"
  openssl x509 -req -sha256 -in "$place/tls.csr" -CA "$folder/ca/ca.crt" -CAkey "$folder/ca/ca.key" -CAcreateserial -days "$days" -extfile "$place/extensions" -out "$place/tls.crt"
  cp "$folder/ca/ca.crt" "$place/ca.crt"
  rm "$place/tls.csr" "$place/extensions"
  chmod 0755 "$place"
  chmod 0644 "$place"/*
}

# The server's own parts talk to one another, so it is a client too.
certificate temporal serverAuth,clientAuth ,DNS:localhost,IP:127.0.0.1
for client in worker cli api console namespace temporal-ui; do certificate "$client" clientAuth; done
