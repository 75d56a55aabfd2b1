#!/bin/sh
# Stops the service when the package is removed, not when it is updated. The
# data folder stays.
set -e
case "${1:-}" in
remove | 0)
    if [ -d /run/systemd/system ]; then
        systemctl disable --now depositary.service depositary-backup.timer || true
    fi
    ;;
esac
