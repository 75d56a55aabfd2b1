package mail

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"depositary/eventstore"
)

// record is a subscription as it is kept. Its revision is that of the bucket.
type record struct {
	Subscriber
	Who    string    `json:"who"`             // the address, in a form that can be compared and not read
	Sealed []byte    `json:"sealed"`          // the address
	Asked  bool      `json:"asked,omitempty"` // the request for confirmation was sent
	Lease  time.Time `json:"lease,omitzero"`  // until then a node has it in hand
	Tries  int       `json:"tries,omitempty"` // that failed, since the last that did not

	revision uint64
}

// behindAll is the number of a notice behind all of a commit.
const behindAll = math.MaxUint32

func recordKey(id string) string { return "mail." + id }

func isID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

func newRecord(now time.Time) (*record, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, err
	}
	return &record{Subscriber: Subscriber{ID: id.String(), State: Unconfirmed, Created: now.UTC()}}, nil
}

// shown returns what there is to show of a record; of none nothing.
func shown(r *record) Subscriber {
	if r == nil {
		return Subscriber{}
	}
	return r.Subscriber
}

func readRecord(v eventstore.Value) (*record, error) {
	r := new(record)
	if err := json.Unmarshal(v.Data, r); err != nil || recordKey(r.ID) != v.Key {
		return nil, fmt.Errorf("mail: %s is not a subscription", v.Key)
	}
	r.revision = v.Revision
	return r, nil
}

// all returns the subscriptions, the oldest first.
func (s *Service) all(ctx context.Context) ([]*record, error) {
	values, err := s.Subscriptions.List(ctx, "mail")
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	all := make([]*record, 0, len(values))
	for _, v := range values {
		r, err := readRecord(v)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *record) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

func (s *Service) byToken(ctx context.Context, token string) (*record, error) {
	id, ok := s.keys.idOf(token)
	if !ok {
		return nil, ErrUnknown
	}
	v, err := s.Subscriptions.Get(ctx, recordKey(id))
	if errors.Is(err, eventstore.ErrNoValue) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return readRecord(v)
}

// save writes a subscription, provided that it is as it was read;
// eventstore.ErrRevision where somebody else was first.
func (s *Service) save(ctx context.Context, r *record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	revision, err := s.Subscriptions.Put(ctx, recordKey(r.ID), data, r.revision)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	r.revision = revision
	return nil
}
