package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"depositary/eventstore"
)

const (
	// NoticesName is the stream of notices, for readers.
	NoticesName = "NOTICES"

	// noticesPrefix is followed by treaty, participant and kind, which has two
	// tokens: depositary.notices.IV-13.DEU.participant.bound.
	noticesPrefix = "depositary.notices."
	noticesAll    = noticesPrefix + "*.*.*.*"

	// commitHeader names the commit that a notice tells of, by its hash.
	commitHeader      = "Depositary-Commit"
	contentTypeHeader = "Content-Type"
	cloudEvent        = "application/cloudevents+json"

	codeDuplicateInBatch jetstream.ErrorCode = 10201 // another node has just written one of them
)

// noticeStream implements eventstore.NoticeStream on a stream of JetStream.
type noticeStream struct {
	ledger *Ledger

	mu     sync.Mutex
	stream jetstream.Stream
	last   uint64 // sequence of the message that End or Append saw last
}

// Notices opens the stream of notices, which is made where there is none, and
// lets readers make consumers of it until the ledger is closed.
func (l *Ledger) Notices(ctx context.Context) (eventstore.NoticeStream, error) {
	s := &noticeStream{ledger: l}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	if err := l.admitConsumers(); err != nil {
		return nil, fmt.Errorf("ledger: notices: %w", err)
	}
	return s, nil
}

func (s *noticeStream) open(ctx context.Context) (err error) {
	ctx, end := s.ledger.link.tied(ctx)
	defer end()
	s.stream, err = s.ledger.openShared(ctx, jetstream.StreamConfig{
		Name:               NoticesName,
		Description:        "Notices of a treaty depositary, one message for each. It follows from the stream " + StreamName + ".",
		Subjects:           []string{noticesAll},
		Retention:          jetstream.LimitsPolicy,
		Discard:            jetstream.DiscardNew,
		MaxMsgsPerSubject:  -1,
		DenyDelete:         true,
		DenyPurge:          true,
		AllowAtomicPublish: true,
		Compression:        s.ledger.compression(),
	})
	if err != nil {
		return fmt.Errorf("ledger: stream %s: %w", NoticesName, because(ctx, err))
	}
	return nil
}

// End implements eventstore.NoticeStream. A stream that somebody has removed is
// made anew.
func (s *noticeStream) End(ctx context.Context) (m eventstore.NoticeMessage, found bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, err := s.end(ctx)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if err = s.open(ctx); err == nil {
			last, err = s.end(ctx)
		}
	}
	if err != nil || last == nil {
		return m, false, err
	}
	s.last = last.Sequence
	m.ID = last.Header.Get(jetstream.MsgIDHeader)
	if err := m.Commit.UnmarshalText([]byte(last.Header.Get(commitHeader))); err != nil {
		return m, true, nil // a message that no node wrote: its commit is none of the ledger's
	}
	return m, true, nil
}

// end returns the last message, nil where there is none.
func (s *noticeStream) end(ctx context.Context) (*jetstream.RawStreamMsg, error) {
	ctx, end := s.ledger.link.bound(ctx)
	defer end()
	info, err := s.stream.Info(ctx)
	if err != nil {
		return nil, because(ctx, err)
	}
	if s.last = info.State.LastSeq; s.last == 0 {
		return nil, nil
	}
	m, err := s.stream.GetMsg(ctx, s.last)
	if err != nil {
		return nil, fmt.Errorf("ledger: stream %s: message %d: %w", NoticesName, s.last, because(ctx, err))
	}
	return m, nil
}

// Append implements eventstore.NoticeStream.
func (s *noticeStream) Append(ctx context.Context, messages []eventstore.NoticeMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*nats.Msg, len(messages))
	for i, m := range messages {
		subject, err := noticeSubject(m)
		if err != nil {
			return err
		}
		all[i] = &nats.Msg{Subject: subject, Data: m.Body, Header: nats.Header{
			jetstream.MsgIDHeader: {m.ID}, commitHeader: {m.Commit.String()}, contentTypeHeader: {cloudEvent},
		}}
	}
	all[0].Header.Set(expectLast, strconv.FormatUint(s.last, 10))
	last, err := s.publish(ctx, all)
	if err != nil {
		return fmt.Errorf("ledger: stream %s: %w", NoticesName, appendError(err, eventstore.Position(s.last)))
	}
	s.last = last
	return nil
}

// publish sends messages, all or none, and returns the sequence of the last.
func (s *noticeStream) publish(ctx context.Context, messages []*nats.Msg) (uint64, error) {
	ctx, end := s.ledger.link.bound(ctx)
	defer end()
	if len(messages) == 1 {
		ack, err := s.ledger.js.PublishMsg(ctx, messages[0], jetstream.WithRetryAttempts(0))
		if err == nil && ack.Duplicate { // another node has just written it
			err = &eventstore.ConflictError{Want: eventstore.Position(s.last)}
		}
		if err != nil {
			return 0, because(ctx, err)
		}
		return ack.Sequence, nil
	}
	ack, err := jetstreamext.PublishMsgBatch(ctx, s.ledger.js, messages, batchFlow)
	if refused := (*jetstream.APIError)(nil); errors.As(err, &refused) && refused.ErrorCode == codeDuplicateInBatch {
		err = &eventstore.ConflictError{Want: eventstore.Position(s.last)}
	}
	if err != nil {
		return 0, because(ctx, err)
	}
	return ack.Sequence, nil
}

// noticeSubject is where a notice is published. Its tokens are ids, and a kind of
// two parts.
func noticeSubject(m eventstore.NoticeMessage) (string, error) {
	for _, token := range []string{m.Treaty, m.Participant} {
		if token == "" || strings.ContainsAny(token, ".*> \t") {
			return "", fmt.Errorf("ledger: notice %s: %q cannot stand in a subject", m.ID, token)
		}
	}
	if strings.Count(m.Kind, ".") != 1 || strings.ContainsAny(m.Kind, "*> \t") {
		return "", fmt.Errorf("ledger: notice %s: the kind %q cannot stand in a subject", m.ID, m.Kind)
	}
	return noticesPrefix + m.Treaty + "." + m.Participant + "." + m.Kind, nil
}

// Renew implements eventstore.NoticeStream. A consumer of the stream is removed
// with it.
func (s *noticeStream) Renew(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	asking, end := s.ledger.link.bound(ctx)
	defer end()
	if err := s.ledger.js.DeleteStream(asking, NoticesName); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("ledger: stream %s: %w", NoticesName, because(asking, err))
	}
	s.last = 0
	return s.open(ctx)
}
