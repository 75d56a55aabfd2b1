// Package webhooks tells subscribers of notices: each by a signed HTTP request,
// in order, again until it is taken.
//
// A subscription names an address and the notices it asks for. Its place is a
// durable cursor on the ledger that all nodes share: the node that is handed a
// commit sends the commit's notices and moves the cursor when each was taken or
// parked. So a notice is sent at least once, always under the same id and with
// the same bytes, and is never dropped: what the schedule of retries exhausts
// is parked, where it can be seen and replayed.
//
// What is kept, beside the ledger and shared by the nodes:
//
//	bucket subscriptions   sub.<subscription>                     the subscription, its secrets sealed
//	                       place.<subscription>                   its place in the ledger, as it was noted last
//	                       retry.<subscription>.<position>        how far a commit's delivery has come
//	                       parked.<subscription>.<position>-<n>   a notice that was not taken
//	cursors                hook-<subscription>                    the place in the ledger
//	journal deliveries     <subscription>                         the last attempts, a line before and after each
//
// Requests follow the Standard Webhooks specification (headers webhook-id,
// webhook-timestamp, webhook-signature; schemes v1 and v1a); their body is a
// structured CloudEvent of version 1.0.
package webhooks

import (
	"errors"
	"time"

	"depositary/eventstore"
	"depositary/projections/notices"
)

// Order says how notices of one subscription follow one another.
type Order string

// The orders.
const (
	Ordered  Order = "ordered"  // the next is sent when the one before was taken or parked
	Parallel Order = "parallel" // several are on their way at once; a failing one holds up no other
)

// State of a subscription.
type State string

// The states. A subscription begins unverified: nothing is sent until its
// address has answered a signed challenge. A disabled one keeps its cursor, and
// goes on from there when it is enabled.
const (
	Unverified State = "unverified"
	Active     State = "active"
	Disabled   State = "disabled"
)

// Scheme of a signature.
type Scheme string

// The schemes of Standard Webhooks.
const (
	Symmetric  Scheme = "v1"  // HMAC-SHA256 with a shared secret, whsec_…
	Asymmetric Scheme = "v1a" // Ed25519; receivers verify with the published key, whpk_…
)

// Spec is what a subscriber asks for; what Create takes and Update changes.
type Spec struct {
	URL     string               `json:"url"`
	Note    string               `json:"note,omitempty"`
	Filter  notices.NoticeFilter `json:"filter"`
	Order   Order                `json:"order"`
	Rate    int                  `json:"rate" doc:"Requests a second at most"`
	Schemes []Scheme             `json:"schemes"`
}

// Subscription as it is shown: without its secrets.
type Subscription struct {
	ID string `json:"id"`
	Spec
	After      eventstore.Position `json:"after" doc:"Notices of commits after this position are delivered"`
	State      State               `json:"state"`
	Reason     string              `json:"reason,omitempty" doc:"Why it is disabled"`
	Since      time.Time           `json:"since" doc:"Since when it is in this state"`
	Created    time.Time           `json:"created"`
	Creator    string              `json:"creator"`
	PublicKeys []string            `json:"publicKeys,omitempty" doc:"Keys to verify v1a signatures with, the newest first"`
	Rotated    time.Time           `json:"rotated,omitzero" doc:"When its secrets were last changed"`
	Revision   uint64              `json:"revision" doc:"Changes with each change of the subscription; the precondition of the next"`
}

// BelongsTo reports whether an actor made the subscription. Beside its maker it is
// only for those who operate.
func (s Subscription) BelongsTo(actor string) bool { return s.Creator == actor }

// Secrets of a subscription, shown once: when it is made, and when they change.
type Secrets struct {
	Secret    string `json:"secret,omitempty" doc:"Shared secret of v1, whsec_…"`
	PublicKey string `json:"publicKey,omitempty" doc:"Key to verify v1a with, whpk_…"`
}

// Attempt is one request to an address and what came of it.
type Attempt struct {
	Sequence uint64    `json:"sequence" doc:"Grows along the attempts of all subscriptions; before of the next page"`
	ID       string    `json:"id" doc:"The webhook-id of the request"`
	Notice   string    `json:"notice,omitempty"`
	Number   int       `json:"number" doc:"Which attempt at this notice, from 1"`
	Purpose  string    `json:"purpose" enum:"notice,challenge,ping,replay"`
	Began    time.Time `json:"began"`
	Millis   int64     `json:"millis,omitempty" doc:"How long it took; absent while it is under way or where the node stopped meanwhile"`
	Status   int       `json:"status,omitempty" doc:"HTTP status of the answer"`
	Outcome  string    `json:"outcome" enum:"under-way,taken,failed"`
	Error    string    `json:"error,omitempty"`
	Answer   string    `json:"answer,omitempty" doc:"The first bytes of the answer"`
	Next     time.Time `json:"next,omitzero" doc:"When it is tried again"`
}

// Parked is a notice that was not taken within the schedule of retries.
type Parked struct {
	Notice   notices.ID `json:"notice"`
	Title    string     `json:"title"`
	Since    time.Time  `json:"since"`
	Attempts int        `json:"attempts"`
	Error    string     `json:"error"`
}

// ReplayRange chooses notices to be sent again: one id twice, a range, or all
// since a position. OnlyParked leaves out what was taken.
type ReplayRange struct {
	After      notices.ID // notices behind this one
	Through    notices.ID // up to and with this one
	OnlyParked bool
}

// Replayed says what became of a replay.
type Replayed struct {
	Sent    int        `json:"sent"`
	Failed  int        `json:"failed"`
	Through notices.ID `json:"through" doc:"Everything up to this id was looked at"`
	More    bool       `json:"more"`
}

// Lag says how far a subscription is behind the ledger.
type Lag struct {
	Commits uint64    `json:"commits" doc:"Commits behind its cursor, whether they have notices for it or not"`
	Parked  int       `json:"parked"`
	Next    time.Time `json:"next,omitzero" doc:"When the notice that waits is tried again"`
}

// Errors of the operations, beside eventstore.ErrRevision and errors of the
// shared stores.
var (
	ErrUnknown    = errors.New("no such subscription")
	ErrUnverified = errors.New("the address has not answered the challenge")
	ErrState      = errors.New("the subscription's state does not allow it")
)

// SpecError says which part of a spec cannot be had, and what would be accepted.
type SpecError struct {
	Field, Problem, Accepted string
}

func (e *SpecError) Error() string { return e.Field + ": " + e.Problem + "; accepted: " + e.Accepted }

// OperationError is the error of an operation on a subscription, with the id
// that was asked for; the id is empty where none was.
type OperationError struct {
	Subscription string
	Cause        error
}

func (e *OperationError) Error() string {
	return "subscription " + e.Subscription + ": " + e.Cause.Error()
}
func (e *OperationError) Unwrap() error { return e.Cause }
