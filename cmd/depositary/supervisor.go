package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// tellSupervisor reports to systemd, if it started this process, that the
// server is ready, and that it is stopping once ctx ends. Where the unit sets
// WatchdogSec, it also reports twice in each interval that the server still
// answers; systemd restarts a server that does not.
func tellSupervisor(ctx context.Context, address string, log *slog.Logger) {
	notify := func(state string) {
		if _, err := daemon.SdNotify(false, state); err != nil {
			log.Warn("the supervisor cannot be notified", "state", state, "error", err)
		}
	}
	notify(daemon.SdNotifyReady)
	context.AfterFunc(ctx, func() { notify(daemon.SdNotifyStopping) })
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil || interval == 0 {
		return
	}
	go func() {
		ticker := time.NewTicker(interval / 2)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if answers(ctx, address, interval/2) {
					notify(daemon.SdNotifyWatchdog)
				}
			}
		}
	}()
}

// answers reports whether the server at address answers /healthz in time.
func answers(ctx context.Context, address string, patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/healthz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}
