#!/usr/bin/env bash
# Makes the secrets that compose.yaml mounts, each in a file of its own; those that are there stay.
set -euo pipefail
mkdir -p "$(dirname "$0")/secrets"
cd "$(dirname "$0")/secrets"
# Only the owner gets into the folder. The processes in the containers are another user, so they may read the files.
chmod 0700 .
umask 0222

made() { [ -s "$1" ] || printf '%s' "$2" > "$1"; }
random() { openssl rand -hex "$1"; }

made database_password "$(random 24)"
made database_url "postgresql://postgres:$(cat database_password)@postgres/postgres"
made caller_secret "$(random 32)"
made journal_key "$(random 32)"
made admin_password "$(random 16)"
made consumer_key "$(random 16)"
made consumer_secret "$(random 24)"
echo "The first admin is admin.user; the password and the application's key are in $PWD"
