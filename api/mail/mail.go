// Package mail sends digests of notices by e-mail, through the SMTP server of the
// operator.
//
// A reader asks for a digest on a page, and gets a message with a link. The
// subscription begins when the reader confirms it there (double opt-in). From
// then on a digest is sent by day or by week, if there is anything to tell; each
// has a link, and headers after RFC 8058, by which the reader ends it.
//
// Invariants:
//
//   - nothing but one request for confirmation is sent to an address that did not
//     confirm, and no more than three of these a day;
//   - who asks learns nothing about what the address is subscribed to;
//   - a digest has every notice after the one before it, in order. It is sent at
//     least once: a second sending, after a node has stopped, has the same
//     Message-ID;
//   - an address is sealed where it is kept, and never logged; when a subscription
//     ends, the address is removed.
//
// What is kept, beside the ledger and shared by the nodes:
//
//	bucket mail   mail.<subscription>   the subscription, its address sealed
package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"depositary/api/pages/lang"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/notices"
)

// Every is how often a digest is sent.
type Every string

// The intervals. A digest is sent at six in the morning at the depositary, and by
// week on Mondays.
const (
	EveryDay  Every = "day"
	EveryWeek Every = "week"
)

// State is where a subscription stands.
type State string

// The states.
const (
	Unconfirmed   State = "unconfirmed"   // asked for, and forgotten after two days
	Active        State = "active"        // digests are sent
	Undeliverable State = "undeliverable" // the server of the address refused it for good
)

// Bounds of subscriptions.
const (
	mostSubscriptions = 10_000
	mostOfAddress     = 20 // confirmed ones
	mostAskedADay     = 3  // requests for confirmation to one address
	confirmTime       = 48 * time.Hour
	hour              = 6 // of the day at the depositary, when digests are sent
)

// ErrUnknown says that there is no such subscription, or no longer.
var ErrUnknown = errors.New("no such subscription")

// ErrFull says that the depositary takes no more subscriptions.
var ErrFull = errors.New("the depositary has as many mail subscriptions as it takes")

// FieldError says which part of a request cannot be had.
type FieldError struct{ Field, Problem, Accepted string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

// Request is what a reader asks for.
type Request struct {
	Address  string // such as reader@example.org
	Every    Every
	Language *lang.Language
	Filter   notices.NoticeFilter
}

// Subscriber is a subscription as it is shown: without the address.
type Subscriber struct {
	ID        string               `json:"id"`
	Every     Every                `json:"every" enum:"day,week"`
	Language  string               `json:"language"`
	Filter    notices.NoticeFilter `json:"filter"`
	State     State                `json:"state" enum:"unconfirmed,active,undeliverable"`
	Reason    string               `json:"reason,omitempty" doc:"What the server of the address answered last, where it refused"`
	Created   time.Time            `json:"created"`
	Confirmed time.Time            `json:"confirmed,omitzero"`
	After     notices.ID           `json:"after" doc:"The next digest has the notices after this one"`
	Next      time.Time            `json:"next,omitzero" doc:"When the next digest is due"`
	Sent      int                  `json:"sent" doc:"Digests that were sent"`
}

// Options of a Service. All are required but the last three.
type Options struct {
	Notices       *notices.Source
	Projection    *projections.Projection
	Subscriptions eventstore.Bucket // shared by the nodes
	Secret        []byte            // seals addresses and makes the tokens of links; the same on all nodes
	Public        string            // address of the server, with https://
	Zone          *time.Location    // of the depositary's calendar
	Server        Server
	Version       string
	Now           func() time.Time
	Logger        *slog.Logger

	Lease time.Duration // how long one node has a digest in hand before another may send it; 10 min
	Still bool          // send nothing: other nodes do
}

// Service keeps the subscriptions and sends the digests. It is safe for
// concurrent use, by several nodes on one bucket.
type Service struct {
	Options
	keys keys
	wake chan struct{} // something is due now
}

// New returns a Service. It sends nothing before Run.
func New(o Options) (*Service, error) {
	if o.Lease == 0 {
		o.Lease = 10 * time.Minute
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if err := o.Server.Check(); err != nil {
		return nil, err
	}
	keys, err := keysOf(o.Secret)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return &Service{Options: o, keys: keys, wake: make(chan struct{}, 1)}, nil
}

// Ask keeps a request, and sends a link for confirmation to its address. It
// returns nil also where the address has as many subscriptions as it may have:
// who asks need not be who reads there. A part of the request that cannot be had
// is a *FieldError.
func (s *Service) Ask(ctx context.Context, r Request) error {
	address, err := checkAddress(r.Address)
	if err != nil {
		return err
	}
	if r.Every != EveryDay && r.Every != EveryWeek {
		return &FieldError{"every", fmt.Sprintf("there is no interval %q", string(r.Every)), "day or week"}
	}
	all, err := s.all(ctx)
	if err != nil {
		return err
	}
	if len(all) >= mostSubscriptions {
		return ErrFull
	}
	who, now := s.keys.who(address), s.Now()
	if !s.admits(all, who, now) {
		return nil
	}
	sub, err := newRecord(now)
	if err != nil {
		return err
	}
	sub.Every, sub.Language, sub.Filter = r.Every, r.Language.Tag, r.Filter
	sub.Who, sub.Sealed, sub.Next = who, s.keys.seal(address, sub.ID), now
	if err := s.save(ctx, sub); err != nil {
		return err
	}
	s.rouse()
	return nil
}

// admits reports whether an address may be asked for one more confirmation.
func (s *Service) admits(all []*record, who string, now time.Time) bool {
	asked, confirmed := 0, 0
	for _, r := range all {
		switch {
		case r.Who != who:
		case r.State != Unconfirmed:
			confirmed++
		case now.Sub(r.Created) < 24*time.Hour:
			asked++
		}
	}
	return asked < mostAskedADay && confirmed < mostOfAddress
}

// Of returns the subscription that a link is about, ErrUnknown where there is
// none.
func (s *Service) Of(ctx context.Context, token string) (Subscriber, error) {
	r, err := s.byToken(ctx, token)
	if err != nil {
		return Subscriber{}, err
	}
	return r.Subscriber, nil
}

// Confirm begins the subscription that a link is about. What the ledger learned
// after this moment will be in its digests.
func (s *Service) Confirm(ctx context.Context, token string) (Subscriber, error) {
	r, err := s.byToken(ctx, token)
	if err != nil || r.State == Active {
		return shown(r), err
	}
	now := s.Now()
	r.State, r.Reason, r.Confirmed = Active, "", now.UTC()
	r.After, r.Next, r.Tries = notices.ID{Position: s.Projection.Current().Position, N: behindAll}, s.nextAfter(now, r.Every), 0
	if err := s.save(ctx, r); err != nil && !errors.Is(err, eventstore.ErrRevision) { // a second click was first
		return shown(r), err
	}
	return r.Subscriber, nil
}

// Leave ends the subscription that a link is about, and forgets its address. One
// that has ended is no error: the reader got what was asked for.
func (s *Service) Leave(ctx context.Context, token string) error {
	id, ok := s.keys.idOf(token)
	if !ok {
		return ErrUnknown
	}
	if err := s.Remove(ctx, id); !errors.Is(err, ErrUnknown) {
		return err
	}
	return nil
}

// Remove ends a subscription by its id, and forgets its address; ErrUnknown where
// there is none.
func (s *Service) Remove(ctx context.Context, id string) error {
	if !isID(id) {
		return ErrUnknown
	}
	_, err := s.Subscriptions.Get(ctx, recordKey(id))
	if errors.Is(err, eventstore.ErrNoValue) {
		return ErrUnknown
	}
	if err == nil {
		err = s.Subscriptions.Delete(ctx, recordKey(id))
	}
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

// List returns all subscriptions, the oldest first, without their addresses.
func (s *Service) List(ctx context.Context) ([]Subscriber, error) {
	all, err := s.all(ctx)
	list := make([]Subscriber, len(all))
	for i, r := range all {
		list[i] = r.Subscriber
	}
	return list, err
}

// nextAfter returns the first moment after now at which a digest is due.
func (s *Service) nextAfter(now time.Time, every Every) time.Time {
	local := now.In(s.Zone)
	next := time.Date(local.Year(), local.Month(), local.Day(), hour, 0, 0, 0, s.Zone)
	for !next.After(now) || every == EveryWeek && next.Weekday() != time.Monday {
		next = time.Date(next.Year(), next.Month(), next.Day()+1, hour, 0, 0, 0, s.Zone)
	}
	return next.UTC()
}

// rouse lets Run look at once.
func (s *Service) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
