package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"depositary/eventstore"
)

const (
	// lineBits: the sequence of a line is that of its message in the stream,
	// shifted by them, and its index in the message.
	lineBits = 8

	tailAtOnce   = 500 // messages asked for at once
	stretchGrows = 8
)

// journal is a stream with a subject for every key. The lines of one Append
// are one message, each with a line feed behind it.
type journal struct {
	ledger *Ledger
	name   string
	stream jetstream.Stream
	queue  chan *entry
}

// entry is an Append on its way.
type entry struct {
	ctx    context.Context
	msg    *nats.Msg
	result chan error // has room for the one answer
}

// Journal returns the journal of that name and makes it where there is none, on
// as many servers as keep the ledger. It writes until the ledger is closed.
func (l *Ledger) Journal(ctx context.Context, name string) (eventstore.Journal, error) {
	if err := eventstore.CheckName(name); err != nil {
		return nil, fmt.Errorf("ledger: journal: %w", err)
	}
	ctx, end := l.link.tied(ctx)
	defer end()
	stream, err := l.openShared(ctx, jetstream.StreamConfig{
		Name:               journalPrefix + name,
		Subjects:           []string{journalSubjects + name + ".>"},
		Discard:            jetstream.DiscardOld,
		MaxMsgsPerSubject:  eventstore.JournalDepth,
		AllowAtomicPublish: true,
		Compression:        l.compression(),
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: journal %s: open: %w", name, because(ctx, err))
	}
	return l.journal(name, stream)
}

// journal returns the one journal of the name that has a writer.
func (l *Ledger) journal(name string, stream jetstream.Stream) (*journal, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.link.open.Err() != nil {
		return nil, fmt.Errorf("ledger: journal %s: open: %w", name, ErrClosed)
	}
	j := l.journals[name]
	if j == nil {
		j = &journal{ledger: l, name: name, stream: stream, queue: make(chan *entry, maxBatch)}
		l.journals[name] = j
		l.writers.Go(j.write)
	}
	return j, nil
}

func (j *journal) subject(key string) string { return journalSubjects + j.name + "." + key }

// Append implements eventstore.Journal. After an error that is not a refusal
// the lines may have been written.
func (j *journal) Append(ctx context.Context, key string, lines ...[]byte) error {
	msg, err := j.message(key, lines)
	if err != nil || len(lines) == 0 {
		return j.failed("append to", key, err)
	}
	e := &entry{ctx: ctx, msg: msg, result: make(chan error, 1)}
	select {
	case j.queue <- e:
	case <-ctx.Done():
		return j.failed("append to", key, ctx.Err())
	case <-j.ledger.link.open.Done():
		return j.failed("append to", key, ErrClosed)
	}
	select {
	case err = <-e.result:
	case <-ctx.Done():
		err = fmt.Errorf("outcome unknown: %w", ctx.Err())
	case <-j.ledger.link.open.Done():
		err = fmt.Errorf("outcome unknown: %w", ErrClosed)
	}
	return j.failed("append to", key, err)
}

func (j *journal) failed(what, key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ledger: journal %s: %s %s: %w", j.name, what, key, err)
}

// message checks before anything is queued what would be refused later.
func (j *journal) message(key string, lines [][]byte) (*nats.Msg, error) {
	if err := eventstore.CheckKey(key); err != nil {
		return nil, err
	}
	if err := eventstore.CheckLines(lines); err != nil {
		return nil, err
	}
	var data []byte
	for _, line := range lines {
		data = append(append(data, line...), '\n')
	}
	if limit := j.ledger.MaxCommit(); len(data) > limit {
		return nil, fmt.Errorf("the lines have %d bytes, the NATS server takes at most %d", len(data), limit)
	}
	return &nats.Msg{Subject: j.subject(key), Header: nats.Header{}, Data: data}, nil
}

// write sends what has queued while the last was on its way, until the ledger
// is closed.
func (j *journal) write() {
	closed := j.ledger.link.open.Done()
	for {
		select {
		case <-closed:
			return
		case e := <-j.queue:
			j.send(j.group(e))
		}
	}
}

// group returns the entry with those behind it that fit into one batch, without
// those whose callers are gone.
func (j *journal) group(e *entry) []*entry {
	var group []*entry
	size := 0
	for {
		if e.ctx.Err() == nil {
			group = append(group, e)
			size += len(e.msg.Data)
		}
		if len(group) == maxBatch || size > maxBatchBytes {
			return group
		}
		select {
		case e = <-j.queue:
		default:
			return group
		}
	}
}

// send writes the group and answers its callers.
func (j *journal) send(group []*entry) {
	ctx, end := j.ledger.link.bound(context.Background())
	defer end()
	if len(group) >= batchFrom {
		err := j.sendTogether(ctx, group)
		var refused *jetstream.APIError
		if !errors.As(err, &refused) {
			for _, e := range group {
				e.result <- because(ctx, err)
			}
			return
		}
		// The server has taken none. If one of them is the reason, the
		// others need not suffer.
		j.ledger.log.Warn("a batch of a journal is written one by one", "journal", j.name, "error", err)
	}
	j.sendSingly(ctx, group)
}

// sendTogether writes all or none.
func (j *journal) sendTogether(ctx context.Context, group []*entry) error {
	messages := make([]*nats.Msg, len(group))
	for i, e := range group {
		messages[i] = &nats.Msg{Subject: e.msg.Subject, Header: nats.Header{}, Data: e.msg.Data}
	}
	_, err := jetstreamext.PublishMsgBatch(ctx, j.ledger.js, messages, batchFlow)
	return err
}

// sendSingly writes each for itself, and waits for all.
func (j *journal) sendSingly(ctx context.Context, group []*entry) {
	acks := make([]jetstream.PubAckFuture, len(group))
	for i, e := range group {
		var err error
		if acks[i], err = j.ledger.js.PublishMsgAsync(e.msg); err != nil {
			e.result <- because(ctx, err)
		}
	}
	for i, e := range group {
		if acks[i] == nil {
			continue
		}
		select {
		case <-acks[i].Ok():
			e.result <- nil
		case err := <-acks[i].Err():
			e.result <- because(ctx, err)
		case <-ctx.Done():
			e.result <- context.Cause(ctx)
		}
	}
}

// Tail implements eventstore.Journal. The stream finds the messages of a key,
// but not the last n of them: so it is read back from the end in stretches,
// each longer than the one before.
func (j *journal) Tail(ctx context.Context, key string, limit int, before uint64) ([]eventstore.JournalLine, error) {
	if err := eventstore.CheckKey(key); err != nil || limit < 1 {
		return nil, j.failed("read", key, err)
	}
	ctx, end := j.ledger.link.bound(ctx)
	defer end()
	lines, err := j.tail(ctx, j.subject(key), limit, before)
	if err != nil {
		return nil, j.failed("read", key, because(ctx, err))
	}
	return lines, nil
}

// tail tries again where a replica did not have the last line yet.
func (j *journal) tail(ctx context.Context, subject string, limit int, before uint64) ([]eventstore.JournalLine, error) {
	for {
		last, err := lastOf(ctx, j.stream, subject)
		if err != nil || last == 0 {
			return nil, err
		}
		lines, err := j.back(ctx, subject, last, limit, before)
		if err != nil || before > 0 || len(lines) > 0 && lines[len(lines)-1].Sequence>>lineBits >= last {
			return lines, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// back reads back from the last message of the subject.
func (j *journal) back(ctx context.Context, subject string, last uint64, limit int, before uint64) ([]eventstore.JournalLine, error) {
	info, err := j.stream.Info(ctx)
	if err != nil {
		return nil, err
	}
	first, to := info.State.FirstSeq, last+1
	if before > 0 {
		to = min(to, before>>lineBits+1)
	}
	var lines []eventstore.JournalLine
	for length := uint64(limit); to > first && len(lines) < limit; length *= stretchGrows {
		from := max(first, to-min(to, length))
		t := stretch{from: from, to: to, before: before}
		if err := j.read(ctx, subject, &t); err != nil {
			return nil, err
		}
		lines, to = append(t.lines, lines...), from
	}
	return lines[max(0, len(lines)-limit):], nil
}

// stretch is a part of the stream, and the lines of a key that stand there.
type stretch struct {
	from, to uint64 // sequences in the stream, without to itself
	before   uint64 // sequence of a line; 0: no end
	lines    []eventstore.JournalLine
}

// errThrough ends the reading where a stretch ends.
var errThrough = errors.New("the stretch is read")

func (j *journal) read(ctx context.Context, subject string, t *stretch) error {
	s, err := read(ctx, j.stream, subject, t.from)
	if err != nil {
		return err
	}
	defer s.close()
	for s.pending > 0 {
		count := s.count
		err := s.fetch(ctx, int(min(s.pending, t.to-t.from, tailAtOnce)), time.Second, t.take)
		if errors.Is(err, errThrough) {
			return nil
		}
		if err == nil && s.count == count {
			err = s.recount(ctx) // the rest has been removed
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *stretch) take(m received) error {
	if m.sequence >= t.to {
		return errThrough
	}
	data := bytes.TrimSuffix(m.Data(), []byte{'\n'})
	sequence := m.sequence << lineBits
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		if t.before > 0 && sequence >= t.before {
			return errThrough
		}
		t.lines = append(t.lines, eventstore.JournalLine{Sequence: sequence, Data: line})
		sequence++
	}
	return nil
}

// Remove implements eventstore.Journal.
func (j *journal) Remove(ctx context.Context, key string) error {
	err := eventstore.CheckKey(key)
	if err == nil {
		var end context.CancelFunc
		ctx, end = j.ledger.link.bound(ctx)
		defer end()
		err = because(ctx, j.stream.Purge(ctx, jetstream.WithPurgeSubject(j.subject(key))))
	}
	return j.failed("remove", key, err)
}
