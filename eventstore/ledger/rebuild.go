package ledger

import (
	"context"
	"fmt"

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
// removed. Keep is called first with every message from a position on; its
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
	config := l.stream.CachedInfo().Config
	if err := l.js.DeleteStream(ctx, StreamName); err != nil {
		return fmt.Errorf("ledger: removing the stream: %w", err)
	}
	l.stream, err = createStream(ctx, l.js, config)
	if err != nil {
		return fmt.Errorf("ledger: making the stream anew: %w", err)
	}
	return nil
}
