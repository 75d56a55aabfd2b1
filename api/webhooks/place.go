package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"depositary/eventstore"
)

// The place of a subscription in the ledger is that of its cursor. It is noted
// beside the subscription too, under place.<subscription>, so that it is kept
// where the cursors are lost: at most once in placeEvery, and when deliveries
// end. What was delivered since is sent again then, under the same ids.
const placeEvery = time.Second

// keptPlace is a place as it is noted.
type keptPlace struct {
	After eventstore.Position `json:"after"`
}

func placeKey(id string) string { return "place." + id }

// openCursor returns the cursor of a subscription; one that is made anew stands
// where the last one was noted.
func (s *Service) openCursor(ctx context.Context, r *record) (eventstore.Cursor, error) {
	place, _, err := s.loadPlace(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	o := s.cursorOptions(r)
	o.After = max(o.After, place)
	return s.Cursors.Open(ctx, cursorName(r.ID), o)
}

func (s *Service) loadPlace(ctx context.Context, id string) (eventstore.Position, uint64, error) {
	v, err := s.Subscriptions.Get(ctx, placeKey(id))
	if errors.Is(err, eventstore.ErrNoValue) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("webhooks: %w", err)
	}
	var kept keptPlace
	if err := json.Unmarshal(v.Data, &kept); err != nil {
		return 0, 0, fmt.Errorf("webhooks: %s: %w", v.Key, err)
	}
	return kept.After, v.Revision, nil
}

// notePlace notes the place of a cursor. Of two nodes that do it at once the one
// that is behind does no harm: its notices are sent again.
func (s *Service) notePlace(ctx context.Context, id string, cursor eventstore.Cursor) error {
	place, err := cursor.Place(ctx)
	if err != nil {
		return err
	}
	noted, revision, err := s.loadPlace(ctx, id)
	if err != nil || place <= noted {
		return err
	}
	data, err := json.Marshal(keptPlace{place})
	if err != nil {
		return err
	}
	_, err = s.Subscriptions.Put(ctx, placeKey(id), data, revision)
	if errors.Is(err, eventstore.ErrRevision) {
		return nil // another node has noted its place
	}
	return err
}

// delivered notes the place after a commit was delivered, if it was not noted
// just before.
func (w *worker) delivered(ctx context.Context, cursor eventstore.Cursor) {
	now := w.s.Now()
	w.mu.Lock()
	due := now.Sub(w.noted) >= placeEvery
	if due {
		w.noted = now
	}
	w.mu.Unlock()
	if due && ctx.Err() == nil {
		w.s.logged(w.s.notePlace(ctx, w.id, cursor), "noting the place of a subscription", w.id)
	}
}

// endTime bounds what is noted when deliveries end.
const endTime = 2 * time.Second

// ended notes the place when the worker ends.
func (w *worker) ended(cursor eventstore.Cursor) {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	if _, err := w.s.load(ctx, w.id); err != nil {
		return // it is removed, or nothing can be noted now
	}
	w.s.logged(w.s.notePlace(ctx, w.id, cursor), "noting the place of a subscription", w.id)
}
