// Package audit keeps who signed in, and who made, revoked, proposed, approved
// and withdrew what. What was recorded stands in the ledger; this log has what
// led to it.
//
// Entries lie in a bucket that the nodes share, one a key, <month>.<id>, where
// ids grow with time. Nothing is changed or removed. An entry names a person and
// an address, and never a secret.
package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"depositary/eventstore"
)

// Kind says what was done.
type Kind string

// The kinds of entries.
const (
	SignedIn          Kind = "signed-in"
	SignedOut         Kind = "signed-out"
	TokenMade         Kind = "token-made"
	TokenRevoked      Kind = "token-revoked"
	TokenChanged      Kind = "token-changed" // in the file, by none of the program's ways
	Proposed          Kind = "proposed"
	Approved          Kind = "approved"
	Rejected          Kind = "rejected"
	SubscriptionMade  Kind = "subscription-made"
	SubscriptionEnded Kind = "subscription-deleted"
	SecretsRotated    Kind = "secrets-rotated"
	DocumentWithdrawn Kind = "document-withdrawn"
	BackedUp          Kind = "backed-up"
	FourEyesChanged   Kind = "four-eyes-changed"
)

// Entry is one line of the log.
type Entry struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor" doc:"Who did it"`
	Kind    Kind      `json:"kind" enum:"signed-in,signed-out,token-made,token-revoked,token-changed,proposed,approved,rejected,subscription-made,subscription-deleted,secrets-rotated,document-withdrawn,backed-up,four-eyes-changed"`
	Subject string    `json:"subject,omitempty" doc:"Id of what it was done to: a token, a proposal, a subscription, a document"`
	Detail  string    `json:"detail,omitempty"`
	Token   string    `json:"token,omitempty" doc:"Id of the token that was used"`
	From    string    `json:"from,omitempty" doc:"Address from which it was asked"`
}

// Log is the log. It is safe for concurrent use.
type Log struct {
	bucket eventstore.Bucket
	now    func() time.Time
}

// New returns the log in a bucket.
func New(bucket eventstore.Bucket, now func() time.Time) *Log { return &Log{bucket, now} }

type addressKey struct{}

// From returns a context of what is asked from an address.
func From(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, addressKey{}, address)
}

// Write keeps an entry; id and instant are given here. It is durable when Write
// returns nil. A nil log keeps nothing.
func (l *Log) Write(ctx context.Context, e Entry) error {
	if l == nil {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	e.At = l.now().UTC()
	e.ID = fmt.Sprintf("%013x-%s", e.At.UnixMilli(), id) // ids of version 7 grow within a millisecond too
	if address, ok := ctx.Value(addressKey{}).(string); ok && e.From == "" {
		e.From = address
	}
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	if _, err := l.bucket.Put(ctx, e.At.Format(monthForm)+"."+e.ID, data, 0); err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	return nil
}

const monthForm = "2006-01"

// Question chooses entries.
type Question struct {
	Since, Until time.Time // zero: without an end
	Actor        string
	Kind         Kind
	Limit        int // the newest so many; 0: all
}

// Entries returns the entries that are asked for, the newest first. It is an
// error where one of them cannot be read.
func (l *Log) Entries(ctx context.Context, q Question) ([]Entry, error) {
	if l == nil {
		return []Entry{}, nil
	}
	values, err := l.bucket.List(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	found := []Entry{}
	for _, v := range values {
		var e Entry
		if err := json.Unmarshal(v.Data, &e); err != nil || !strings.HasSuffix(v.Key, "."+e.ID) {
			return nil, errors.Join(fmt.Errorf("audit log: %s is no entry", v.Key), err)
		}
		if q.chooses(e) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b Entry) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found, nil
}

func (q Question) chooses(e Entry) bool {
	return (q.Since.IsZero() || !e.At.Before(q.Since)) && (q.Until.IsZero() || e.At.Before(q.Until)) &&
		(q.Actor == "" || q.Actor == e.Actor) && (q.Kind == "" || q.Kind == e.Kind)
}
