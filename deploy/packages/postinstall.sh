#!/bin/sh
# Makes systemd read the units; an update restarts a service that runs.
set -e
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart depositary.service
fi
cat <<'TEXT'
Depositary is installed. Start it, and read the first token in its log:

  systemctl enable --now depositary
  journalctl -u depositary

Settings: /etc/depositary/depositary.env. Data: /var/lib/depositary.
TEXT
