#!/bin/sh
# Guess    When nothing has changed, a cached target of Nx does nothing: its outputs are there and stay as they are.
# Truth    So it is with Nx's daemon, which watches the outputs. Without it ("useDaemonProcess": false or NX_DAEMON=false) Nx deletes
#          them at every cache hit and copies them back from its cache, although they are equal.
# Matters  Whoever reads the outputs at that moment does not find them: a server that loads a module later, or tests that run
#          beside another command which "only looks whether the build is fresh". A build that others use must not be asked for
#          again by Nx unless something has changed.
# Versions nx 23.2.1
# Date     2026-11-28
set -eu
dir=$(mktemp -d)
trap 'cd "$dir"; NX_DAEMON=true npx nx daemon --stop > "$dir/stop.log" 2>&1 || true; cd /; rm -rf "$dir"' EXIT
cd "$dir"
cat > package.json <<'JSON'
{ "name": "see", "private": true, "workspaces": ["one"] }
JSON
mkdir one
cat > one/package.json <<'JSON'
{
  "name": "one",
  "version": "1.0.0",
  "nx": { "targets": { "build": { "command": "node one/build.mjs", "outputs": ["{projectRoot}/dist"], "cache": true } } }
}
JSON
cat > one/build.mjs <<'JS'
import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('one/dist', { recursive: true });
writeFileSync('one/dist/result.txt', 'the same');
JS
cat > nx.json <<'JSON'
{ "analytics": false, "neverConnectToCloud": true, "cacheDirectory": ".nx/cache" }
JSON
printf 'node_modules\ndist\n.nx\n' > .gitignore
git init -q .
npm install --silent --no-audit --no-fund nx@23.2.1
export NX_NO_CLOUD=true
file() { stat -c %i one/dist/result.txt; }
build() {
  NX_DAEMON=$1 npx nx build one > out.log 2>&1
  found=$(grep -o 'local cache\|existing outputs match the cache, left as is' out.log | head -n 1)
  echo "${found:-ran}"
}
# A deleted file's number may be given to the next one, unless somebody still has the file.
hold() { exec 9< one/dist/result.txt; }

echo "first, without the daemon: $(build false)"
hold; before=$(file)
hit=$(build false)
[ "$(file)" = "$before" ] && kept=yes || kept=no
echo "again, without the daemon: $hit; the file is still the same one: $kept"
[ "$hit" = 'local cache' ] && [ "$kept" = no ]

build true > /dev/null; sleep 2; build true > /dev/null; sleep 2
hold; before=$(file)
hit=$(build true)
[ "$(file)" = "$before" ] && kept=yes || kept=no
echo "again, with the daemon: $hit; the file is still the same one: $kept"
[ "$kept" = yes ]
