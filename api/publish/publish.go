// Package publish puts every notice into the stream NOTICES, where clients of NATS
// follow them: history too, in order, without a hole.
//
// The stream follows from the ledger. A publisher looks where the stream ends and
// goes on with the notice behind it, so nothing is lost and nothing comes twice,
// after whatever crash, and with several nodes at once. A stream that is lost, or
// that tells of commits that are not the ledger's, is made anew from the first
// notice.
package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"depositary/api/cloudevent"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/notices"
)

// Options of a publisher.
type Options struct {
	Stream  eventstore.NoticeStream
	Ledger  eventstore.Ledger
	Store   eventstore.Store
	Views   *projections.Projection
	Notices *notices.Source
	Public  string // source of the events
	Logger  *slog.Logger
	Metrics prometheus.Registerer
}

const (
	lookEvery    = 10 * time.Second // whether the stream is still there, while nothing is recorded
	firstPause   = 100 * time.Millisecond
	longestPause = 10 * time.Second
)

// publisher is where one node stands in the stream.
type publisher struct {
	Options
	last      notices.ID          // in the stream
	through   eventstore.Position // up to here every notice is in the stream
	published prometheus.Gauge
}

// Run publishes until ctx ends. What fails is tried again.
func Run(ctx context.Context, o Options) {
	p := &publisher{Options: o, published: prometheus.NewGauge(prometheus.GaugeOpts{Name: "depositary_notices_published_position", Help: "Position in the ledger up to which this node knows the notices to be in the stream NOTICES."})}
	o.Metrics.MustRegister(p.published)
	pause := firstPause
	for ctx.Err() == nil {
		err := p.follow(ctx)
		var first *eventstore.ConflictError
		switch {
		case ctx.Err() != nil:
			return
		case errors.As(err, &first): // another node was first
			pause = firstPause
		default:
			o.Logger.Warn("notices are not published now; it is tried again", "stream", "NOTICES", "cause", err)
			wait(ctx, pause)
			pause = min(2*pause, longestPause)
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// follow publishes from where the stream ends, until something fails.
func (p *publisher) follow(ctx context.Context) error {
	if err := p.resume(ctx); err != nil {
		return err
	}
	for {
		changed := p.Views.Changed()
		if err := p.catchUp(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-time.After(lookEvery):
			if err := p.resume(ctx); err != nil {
				return err
			}
		}
	}
}

// resume finds where the stream ends. One that does not follow from this ledger is
// emptied.
func (p *publisher) resume(ctx context.Context) error {
	end, found, err := p.Stream.End(ctx)
	if err != nil {
		return err
	}
	if !found {
		p.last, p.through = notices.ID{}, 0
		return nil
	}
	id, ours, err := p.ours(ctx, end)
	switch {
	case err != nil:
		return err
	case ours && id == p.last:
		return nil
	case ours:
		p.last, p.through = id, id.Position-1 // of its commit some may be missing
		return nil
	}
	p.Logger.Warn("the stream of notices does not follow from this ledger; it is made anew", "stream", "NOTICES", "last", end.ID)
	p.last, p.through = notices.ID{}, 0
	return p.Stream.Renew(ctx)
}

// ours reports whether a message of the stream tells of a commit of this ledger.
func (p *publisher) ours(ctx context.Context, m eventstore.NoticeMessage) (notices.ID, bool, error) {
	id, err := notices.ParseID(m.ID)
	if err != nil || id.Position == 0 {
		return id, false, nil
	}
	end, err := p.Ledger.Last(ctx)
	if err != nil || id.Position > end {
		return id, false, err
	}
	if err := p.Views.Await(ctx, id.Position); err != nil { // another node may be further
		return id, false, err
	}
	commit, err := p.Store.Read(id.Position)
	return id, err == nil && commit.Hash() == m.Commit, err
}

// catchUp publishes what the views show beyond the end of the stream.
func (p *publisher) catchUp(ctx context.Context) error {
	var b batch
	last, end := p.last, p.Views.Current().Position
	for position := p.through + 1; position <= end; position++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		messages, err := p.messages(position, last)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if b.full(m) {
				if err := p.append(ctx, &b, position-1); err != nil {
					return err
				}
			}
			b.add(m)
			last = m.id
		}
	}
	return p.append(ctx, &b, end)
}

// append publishes a batch, after which every notice up to a position is in the
// stream, and empties it.
func (p *publisher) append(ctx context.Context, b *batch, through eventstore.Position) error {
	if len(b.messages) > 0 {
		if err := p.Stream.Append(ctx, b.messages); err != nil {
			return err
		}
		p.last = b.last
	}
	p.through = through
	p.published.Set(float64(through))
	*b = batch{}
	return nil
}

// batch is what is published together.
type batch struct {
	messages []eventstore.NoticeMessage
	last     notices.ID
	size     int // bytes
}

func (b *batch) full(m message) bool {
	return len(b.messages) == eventstore.MaxNoticeMessages || len(b.messages) > 0 && b.size+len(m.Body) > eventstore.MaxNoticeBytes
}

func (b *batch) add(m message) {
	b.messages, b.last, b.size = append(b.messages, m.NoticeMessage), m.id, b.size+len(m.Body)
}

// message is a notice as it is published.
type message struct {
	eventstore.NoticeMessage
	id notices.ID
}

// messages returns what the commit at a position has to tell behind a notice.
func (p *publisher) messages(position eventstore.Position, after notices.ID) (messages []message, err error) {
	told, err := p.Notices.Passing(position)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	commit, err := p.Store.Read(position)
	if err != nil {
		return nil, err
	}
	for _, n := range told {
		if n.ID.Compare(after) <= 0 {
			continue
		}
		event := cloudevent.Of(n)
		if after != (notices.ID{}) {
			event.Previous = after.String()
		}
		body, err := event.Write(p.Public)
		if err != nil {
			return nil, fmt.Errorf("notice %s: %w", n.ID, err)
		}
		messages = append(messages, message{id: n.ID, NoticeMessage: eventstore.NoticeMessage{ID: n.ID.String(), Treaty: token(string(n.Treaty)),
			Participant: token(string(n.Participant)), Kind: string(n.Kind), Commit: commit.Hash(), Body: body}})
		after = n.ID
	}
	return messages, nil
}

// token is an id as a part of a subject.
func token(id string) string {
	if id == "" {
		return eventstore.Many
	}
	return id
}
