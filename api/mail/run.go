package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"

	"depositary/eventstore"
)

const (
	lookEvery     = time.Minute      // for what is due
	firstRetry    = 15 * time.Minute // doubled with each further failure
	lastRetry     = 6 * time.Hour
	mostRefusals  = 3                   // of digests in a row, for good
	forgottenTime = 30 * 24 * time.Hour // how long it can be seen that an address was undeliverable
)

// Run sends what is due until ctx ends.
func (s *Service) Run(ctx context.Context) {
	if s.Still {
		return
	}
	for ctx.Err() == nil {
		if err := s.Round(ctx); err != nil && ctx.Err() == nil {
			s.Logger.Warn("mail is not sent; it is tried again", "cause", err)
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-time.After(lookEvery):
		}
	}
}

// Round sends what is due now, and forgets what was not confirmed. It returns why
// the server could not be reached; what concerns one subscription only is kept
// with it.
func (s *Service) Round(ctx context.Context) (err error) {
	all, err := s.all(ctx)
	if err != nil {
		return err
	}
	r := &round{Service: s}
	defer r.end()
	for _, sub := range all {
		if err := r.look(ctx, sub); err != nil {
			return err
		}
	}
	return nil
}

// round is one look at all subscriptions, over one connection.
type round struct {
	*Service
	connection *connection
}

func (r *round) end() {
	if r.connection != nil {
		r.connection.close()
	}
}

func (r *round) look(ctx context.Context, sub *record) error {
	now := r.Now()
	switch {
	case sub.State == Unconfirmed && now.Sub(sub.Created) > confirmTime,
		sub.State == Undeliverable && now.Sub(sub.Next) > forgottenTime:
		return r.Remove(ctx, sub.ID)
	case sub.State == Undeliverable, sub.State == Unconfirmed && sub.Asked, now.Before(sub.Next), now.Before(sub.Lease):
		return nil
	}
	sub.Lease = now.Add(r.Lease).UTC()
	if err := r.save(ctx, sub); errors.Is(err, eventstore.ErrRevision) {
		return nil // another node has it, or it has just changed
	} else if err != nil {
		return err
	}
	return r.deliver(ctx, sub)
}

// deliver sends what is due for one subscription, and notes what came of it.
func (r *round) deliver(ctx context.Context, sub *record) error {
	message, through, err := r.message(ctx, sub)
	if err != nil {
		return err
	}
	if message != nil {
		if err = r.send(ctx, message); errors.Is(err, errNoServer) {
			sub.Lease = time.Time{}
			return errors.Join(err, r.save(ctx, sub))
		}
	}
	now := r.Now()
	sub.Lease = time.Time{}
	if err != nil {
		return r.failed(ctx, sub, err, now)
	}
	sub.Tries, sub.Reason = 0, ""
	switch sub.State {
	case Unconfirmed:
		sub.Asked = true
	case Active:
		sub.After, sub.Next = through, r.nextAfter(now, sub.Every)
		if message != nil {
			sub.Sent++
		}
	}
	return r.save(ctx, sub)
}

// failed notes that a message could not be sent. What the server of an address
// refuses for good ends the subscription: a request at once, digests the third time
// in a row.
func (r *round) failed(ctx context.Context, sub *record, cause error, now time.Time) error {
	codes, forGood := refused(cause)
	sub.Tries++
	sub.Reason = codes
	wait := min(firstRetry<<min(sub.Tries-1, 10), lastRetry)
	sub.Next = now.Add(wait).UTC()
	switch {
	case forGood && sub.State == Unconfirmed:
		return r.Remove(ctx, sub.ID)
	case forGood && sub.Tries >= mostRefusals:
		sub.State, sub.Who, sub.Sealed = Undeliverable, "", nil
	}
	r.Logger.Info("a message could not be sent", "subscription", sub.ID, "codes", codes, "tries", sub.Tries, "state", sub.State)
	return r.save(ctx, sub)
}

// errNoServer says that the operator's server cannot be reached, or takes no mail:
// no subscription is to blame.
var errNoServer = errors.New("the SMTP server cannot be used")

func (r *round) send(ctx context.Context, m *gomail.Msg) error {
	if r.connection == nil {
		connection, err := r.Server.dial(ctx)
		if err != nil {
			return fmt.Errorf("%w: %w", errNoServer, err)
		}
		r.connection = connection
	}
	err := r.connection.send(m)
	var failed *gomail.SendError
	if err != nil && (!errors.As(err, &failed) || failed.Reason == gomail.ErrSMTPMailFrom || failed.ErrorCode() == 0) {
		return fmt.Errorf("%w: %s", errNoServer, reasonOf(failed))
	}
	return err
}

// reasonOf describes a failure without the recipient's address.
func reasonOf(failed *gomail.SendError) string {
	if failed == nil {
		return "the connection failed"
	}
	codes, _ := refused(failed)
	return failed.Reason.String() + " (" + codes + ")"
}
