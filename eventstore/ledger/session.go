package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// session reads messages of a stream beside the ledger, in order, by a
// consumer that ends with it. In a cluster it may read from a replica that is
// late: who needs the end compares with lastOf.
type session struct {
	stream   jetstream.Stream
	consumer jetstream.Consumer
	pending  uint64 // how many messages are ahead, by the last word of the server
	count    uint64 // how many came
}

// received is a message with what the server says of it.
type received struct {
	jetstream.Msg
	sequence uint64
}

// read opens a session on the messages of a subject from a sequence on. The
// context is the session's.
func read(ctx context.Context, stream jetstream.Stream, subject string, from uint64) (*session, error) {
	consumer, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		FilterSubject:     subject,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       max(from, 1),
		AckPolicy:         jetstream.AckNonePolicy,
		MemoryStorage:     true,
		Replicas:          1,
		InactiveThreshold: time.Minute,
	})
	if err != nil {
		return nil, err
	}
	return &session{stream: stream, consumer: consumer, pending: consumer.CachedInfo().NumPending}, nil
}

// close removes the consumer, which would otherwise end by itself.
func (s *session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.stream.DeleteConsumer(ctx, s.consumer.CachedInfo().Name)
}

// lastOf returns the sequence of the last message of a subject, 0 where there is
// none. It asks the stream's leader.
func lastOf(ctx context.Context, stream jetstream.Stream, subject string) (uint64, error) {
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return m.Sequence, nil
}

// fetch calls fn with up to n messages, and returns earlier where nothing
// more comes for the wait. The servers of a cluster hear of a new consumer one
// after the other, so at first there may be none to ask.
func (s *session) fetch(ctx context.Context, n int, wait time.Duration, fn func(received) error) error {
	for pause := time.Millisecond; ; pause *= 2 {
		err := s.fetchOnce(ctx, n, wait, fn)
		if !errors.Is(err, nats.ErrNoResponders) || s.count > 0 || pause > time.Second {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

func (s *session) fetchOnce(ctx context.Context, n int, wait time.Duration, fn func(received) error) error {
	polling, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	batch, err := s.consumer.Fetch(n, jetstream.FetchContext(polling))
	if err != nil {
		return err
	}
	for m := range batch.Messages() {
		meta, err := m.Metadata()
		if err != nil {
			return err
		}
		if s.count++; meta.Sequence.Consumer != s.count {
			return errGap
		}
		s.pending = meta.NumPending
		if err := fn(received{m, meta.Sequence.Stream}); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if polling.Err() != nil {
		return nil
	}
	return batch.Error()
}

// recount asks how many messages are ahead: some may have been removed.
func (s *session) recount(ctx context.Context) error {
	info, err := s.consumer.Info(ctx)
	if err != nil {
		return err
	}
	if info.Delivered.Consumer != s.count {
		return errGap
	}
	s.pending = info.NumPending
	return nil
}
