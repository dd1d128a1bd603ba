#!/bin/sh
# Pins every image of docker-compose.yml and of the Dockerfile by its digest, so that a tag that is moved changes nothing here. Asks the
# registries with docker buildx; run it again after each change of a tag, look at the difference, and commit it.
#   deploy/pin-images.sh [file ...]
set -eu

root=$(dirname "$0")/..
[ $# -gt 0 ] || set -- "$root/docker-compose.yml" "$root/Dockerfile"

# name:tag of each image, without those that are built here and a digest of before
images=$(sed -n -E 's/^[[:space:]]*(image:|FROM)[[:space:]]+([^[:space:]@]+:[^[:space:]@]+).*/\2/p' "$@" | grep -v '^assist-rollouts:' | sort -u)

for image in $images; do
  digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')
  case $digest in
    sha256:????????????????????????????????????????????????????????????????) ;;
    *) echo "$image: no digest, but: $digest" >&2; exit 1 ;;
  esac
  pattern=$(printf '%s' "$image" | sed 's/[.[\*^$/]/\\&/g')
  for file in "$@"; do
    sed -E "s/^([[:space:]]*(image:|FROM)[[:space:]]+)$pattern(@sha256:[0-9a-f]{64})?([[:space:]]|\$)/\\1$(printf '%s' "$image" | sed 's/[&/]/\\&/g')@$digest\\4/" "$file" > "$file.pinned"
    cat "$file.pinned" > "$file"
    rm "$file.pinned"
  done
  echo "$image@$digest"
done
