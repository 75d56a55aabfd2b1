package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/eventstore/recorder"
)

// CatalogueActor stands in the ledger beside what the catalogue recorded.
const CatalogueActor = "catalogue"

// seed records the catalogue on an empty ledger. The ids of its commands say
// how many there are, so that nodes which start together record each once, and
// an interrupted first start is completed by the next.
func (n *Node) seed(ctx context.Context) error {
	bundled, err := catalogue.Load()
	if err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	commands := bundled.Commands()
	total := len(commands)
	needed, err := n.needsSeed(total)
	if err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	if !needed {
		n.sayHowItDiffers(ctx, bundled)
		return nil
	}
	for i, command := range commands {
		n.o.Progress("recording the bundled catalogue", uint64(i+1), uint64(total))
		id := fmt.Sprintf("catalogue:%d/%d", i+1, total)
		if err := n.seedOne(ctx, recorder.Request{ID: id, Actor: CatalogueActor, Command: command}); err != nil {
			return fmt.Errorf("recording the catalogue, %s: %w", id, err)
		}
	}
	return nil
}

// sayHowItDiffers logs how many differences there are between the bundled
// catalogue and the ledger, where anybody reads it.
func (n *Node) sayHowItDiffers(ctx context.Context, bundled *catalogue.Catalogue) {
	if n.o.Empty || n.Position() == 0 || !n.o.Logger.Enabled(ctx, slog.LevelInfo) {
		return
	}
	if changes, _ := bundled.Difference(n.projection.Current().State, ""); len(changes) > 0 {
		n.o.Logger.Info("the bundled catalogue differs from the ledger; see depositary catalogue diff", "differences", len(changes))
	}
}

// seedPatience is how long the first start waits for a ledger that is slow to
// answer; seedPause is how long it waits before it asks again.
const (
	seedPatience = 5 * time.Minute
	seedPause    = 100 * time.Millisecond
)

// seedOne records one command of the catalogue. A caller over HTTP is refused
// at once while the ledger is silent; a start has nobody to refuse, and waits.
func (n *Node) seedOne(ctx context.Context, request recorder.Request) error {
	ctx, cancel := context.WithTimeout(ctx, seedPatience)
	defer cancel()
	for {
		_, err := n.recorder.Record(ctx, request)
		var refused *recorder.NotRecordedError
		if !errors.As(err, &refused) || refused.Full || refused.Why != recorder.WhySilent {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(seedPause):
		}
	}
}

// needsSeed reports whether the catalogue has to be recorded: in a ledger where
// nothing but days stands, or where an earlier start did not get to its end.
func (n *Node) needsSeed(commands int) (bool, error) {
	recorded := func(i int) (bool, error) {
		_, ok, err := n.store.ByCommand(fmt.Sprintf("catalogue:%d/%d", i, commands))
		return ok, err
	}
	if begun, err := recorded(1); err != nil || begun {
		ended, err2 := recorded(commands)
		return !ended, errors.Join(err, err2)
	}
	state := n.Views().State
	return !n.o.Empty && len(state.Treaties(domain.Everything())) == 0 && len(state.Participants(domain.Everything())) == 0, nil
}
