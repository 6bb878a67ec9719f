#!/bin/sh
# Makes the password file of the broker from the environment, then runs the broker.
set -eu

passwords=/mosquitto/data/passwords
umask 077
rm -f "$passwords"
touch "$passwords"
for user in supervisor worker-1 worker-2 observer; do
    mosquitto_passwd -b "$passwords" "$user" "$NEURITE_BROKER_PASSWORD"
done
chown mosquitto:mosquitto "$passwords"
exec mosquitto -c /mosquitto/config/mosquitto.conf
