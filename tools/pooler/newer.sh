#!/usr/bin/env bash
# Builds the PgBouncer of a Debian release newer than this machine's, from Debian's source package, into .cache, and prints its path:
# from 1.21 on prepared statements work behind it. Needs apt, a C compiler, make, pkg-config, libevent-dev and libssl-dev.
set -euo pipefail
suite=trixie
cd "$(dirname "$0")/../.."
cache=$PWD/.cache/pgbouncer-$suite
if [[ ! -x $cache/pgbouncer ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/lists/partial" "$cache"
  # Where this machine's own packages come from, in the other release.
  archive=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Created-By: Packages' | grep -v security | head -n 1)
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" > "$work/sources.list"
  apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root)
  "${apt[@]}" update >&2
  (cd "$work" && "${apt[@]}" source --download-only pgbouncer >&2 && tar xzf pgbouncer_*.orig.tar.gz)
  (cd "$work"/pgbouncer-*/ && ./configure --quiet --without-cares && make -s pgbouncer) > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  install -m 755 "$work"/pgbouncer-*/pgbouncer "$cache/pgbouncer"
fi
echo "$cache/pgbouncer"
