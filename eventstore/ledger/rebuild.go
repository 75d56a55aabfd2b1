package ledger

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"depositary/eventstore"
)

// Removed is a message of a stream that was made anew.
type Removed struct {
	Sequence uint64 `json:"sequence"`
	Subject  string `json:"subject"`
	Data     []byte `json:"data"`
}

// Rebuild removes the stream and makes it anew, empty and configured as it was, for
// a stream that has what is no part of the ledger: no single message of it can be
// removed. Cursors keep their places. Keep is called first with every message from a position on; its
// error leaves the stream as it is.
func (l *Ledger) Rebuild(ctx context.Context, from eventstore.Position, keep func(Removed) error) error {
	last, err := l.Last(ctx)
	if err != nil {
		return err
	}
	for sequence := uint64(from); sequence <= uint64(last); sequence++ {
		m, err := l.stream.GetMsg(ctx, sequence)
		if err != nil {
			return fmt.Errorf("ledger: message %d: %w", sequence, err)
		}
		if err := keep(Removed{sequence, m.Subject, m.Data}); err != nil {
			return err
		}
	}
	places, err := l.cursorPlaces(ctx, from)
	if err != nil {
		return err
	}
	config := l.stream.CachedInfo().Config
	if err := l.js.DeleteStream(ctx, StreamName); err != nil {
		return fmt.Errorf("ledger: removing the stream: %w", err)
	}
	l.stream, err = createStream(ctx, l.js, config)
	if err != nil {
		return fmt.Errorf("ledger: making the stream anew: %w", err)
	}
	for _, place := range places {
		if _, err := l.stream.CreateConsumer(ctx, place); err != nil {
			return fmt.Errorf("ledger: making the cursor %s anew: %w", place.Durable, err)
		}
	}
	return nil
}

// cursorPlaces returns every cursor of the stream as it is to be made anew: it
// stands where it stood, but not behind the position, where commits of another
// kind will be.
func (l *Ledger) cursorPlaces(ctx context.Context, position eventstore.Position) (places []jetstream.ConsumerConfig, err error) {
	all := l.stream.ListConsumers(ctx)
	for info := range all.Info() {
		if info.Config.Durable == "" {
			continue
		}
		place := info.Config
		place.DeliverPolicy = jetstream.DeliverByStartSequencePolicy
		place.OptStartSeq = min(max(info.AckFloor.Stream+1, place.OptStartSeq), uint64(position))
		places = append(places, place)
	}
	if err := all.Err(); err != nil {
		return nil, fmt.Errorf("ledger: cursors: %w", err)
	}
	return places, nil
}
