package ledger_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/storetest"
)

func TestDbg(t *testing.T) {
	l := open(t, ledger.Options{Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	l.Append(t.Context(), storetest.Named("a").Next(3000))
	var worst time.Duration
	for i := range 2000 {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		err := l.Follow(ctx, eventstore.Position(i), func([]eventstore.Commit) error { return errors.New("x") })
		cancel()
		if d := time.Since(start); d > worst {
			worst = d
			t.Log(i, d, err)
		}
	}
}
