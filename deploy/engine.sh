#!/bin/sh
# Runs an engine in a container: its role is the argument, its alias, chain and broker password come from the environment.
set -eu

role=$1
umask 077
# The password goes into a file of its own that only the engine reads, never onto a command line.
cat >/data/engine.toml <<CONFIG
version = 1

[broker]
url = "mqtt://broker:1883"
user = "$NEURITE_ALIAS"
password = "$NEURITE_BROKER_PASSWORD"
CONFIG

exec neurite-e2 run --role "$role" --alias "$NEURITE_ALIAS" --base-path /data --chain "$NEURITE_CHAIN" --http 127.0.0.1:8787 \
    --onnxruntime /opt/neurite/.deps/libonnxruntime.so --models /opt/neurite/models --data /opt/neurite/models \
    --announce /data/announcement.json
