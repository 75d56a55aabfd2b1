#!/bin/sh
# Makes systemd read the units; an update restarts a service that runs.
set -e
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart depositary.service
fi
cat <<'TEXT'
Depositary is installed. Start it; the first token is in a file:

  systemctl enable --now depositary
  cat /var/lib/private/depositary/first-token

Settings: /etc/depositary/depositary.env. Data: /var/lib/depositary.
TEXT
