#!/bin/sh
# Writes the secrets of the fleet to ./secrets, at random, and says the password for people once. Needs openssl.
# What is there already stays: run it again after something was added.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
# The containers' users must be able to read the files; nobody else gets into the folder.
chmod 700 secrets

put() { # put <name> <text>
	[ -e "secrets/$1" ] && return
	printf '%s' "$2" >"secrets/$1"
	chmod 644 "secrets/$1"
}
random() { openssl rand -hex "${1:-24}"; }
read_secret() { cat "secrets/$1"; }

put proxy_secret "$(random)"
put database_password "$(random)"
put database_url "postgres://esteira:$(read_secret database_password)@postgres:5432/esteira"
put redis_password "$(random)"
put redis_url "redis://:$(read_secret redis_password)@redis:6379/0"
put s3_access_key_id "GK$(random 12)"
put s3_secret_access_key "$(random 32)"
put garage.env "GARAGE_RPC_SECRET=$(random 32)
GARAGE_DEFAULT_ACCESS_KEY=$(read_secret s3_access_key_id)
GARAGE_DEFAULT_SECRET_KEY=$(read_secret s3_secret_access_key)
"
if [ ! -e secrets/htpasswd ]; then
	password=$(random 12)
	put htpasswd "esteira:$(openssl passwd -apr1 "$password")
"
	echo "The name for people is esteira, the password $password"
	echo "More people: one line each in secrets/htpasswd, \"name:\$(openssl passwd -apr1)\"."
fi
