package node

import (
	"context"
	"fmt"
	"regexp"
	"strconv"

	"depositary/domain/catalogue"
	"depositary/eventstore/recorder"
)

// CatalogueActor stands in the ledger beside what the catalogue recorded.
const CatalogueActor = "catalogue"

var reSeed = regexp.MustCompile(`^catalogue:1/(\d+)$`)

// seed records the catalogue on an empty ledger. The ids of its commands say
// how many there are, so that nodes which start together record each once, and
// an interrupted first start is completed by the next.
func (n *Node) seed(ctx context.Context) error {
	bundled, err := catalogue.Load()
	if err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	commands := bundled.Commands()
	if !n.needsSeed(len(commands)) {
		if changes, _ := bundled.Difference(n.projection.Current().State, ""); len(changes) > 0 && n.Position() > 0 && !n.o.Empty {
			n.o.Logger.Info("the bundled catalogue differs from the ledger; see depositary catalogue diff", "differences", len(changes))
		}
		return nil
	}
	for i, command := range commands {
		n.o.Progress("recording the bundled catalogue", uint64(i+1), uint64(len(commands)))
		id := fmt.Sprintf("catalogue:%d/%d", i+1, len(commands))
		if _, err := n.recorder.Record(ctx, recorder.Request{ID: id, Actor: CatalogueActor, Command: command}); err != nil {
			return fmt.Errorf("recording the catalogue, %s: %w", id, err)
		}
	}
	return nil
}

func (n *Node) needsSeed(commands int) bool {
	if n.Position() == 0 {
		return !n.o.Empty
	}
	first, err := n.store.Read(1)
	if err != nil {
		return false
	}
	m := reSeed.FindStringSubmatch(first.Command)
	if m == nil || m[1] != strconv.Itoa(commands) {
		return false
	}
	_, complete := n.store.ByCommand(fmt.Sprintf("catalogue:%d/%d", commands, commands))
	return !complete
}
