package webhooks

import (
	"context"
	"strings"

	"depositary/eventstore"
)

// watched is one watch over the subscriptions: it starts and stops workers.
type watched struct {
	s     *Service
	first map[string]bool // those that there are; nil once they are through
}

func newWatched(s *Service) *watched { return &watched{s: s, first: make(map[string]bool)} }

// saw takes what Bucket.Watch delivers.
func (l *watched) saw(v eventstore.Value) error {
	id := strings.TrimPrefix(v.Key, "sub.")
	switch {
	case v.Key == "":
		l.s.keepOnly(l.first)
		l.first = nil
		return nil
	case v.Deleted:
		l.s.forget(id)
		return nil
	}
	if l.first != nil {
		l.first[id] = true
	}
	r, err := readRecord(v)
	if err != nil {
		l.s.Logger.Error("webhooks: a subscription cannot be read", "subscription", id, "cause", err)
		return nil
	}
	l.s.follow(r)
	return nil
}

// follow makes the worker of a subscription what its record says.
func (s *Service) follow(r *record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil || s.running.Err() != nil {
		return
	}
	w := s.workers[r.ID]
	switch {
	case w == nil:
		if r.State == Active {
			s.start(r, nil)
		}
	case r.Revision <= w.current().Revision:
	case r.State != Active:
		s.dismiss(w)
	case w.current().URL != r.URL || w.current().Order != r.Order:
		s.dismiss(w)
		s.start(r, w.done)
	default:
		w.see(r)
	}
}

// start makes a worker that begins when the one before it has ended. With mu.
func (s *Service) start(r *record, after <-chan struct{}) {
	ctx, cancel := context.WithCancel(s.running)
	w := newWorker(s, r, cancel)
	s.workers[r.ID] = w
	s.team.Go(func() {
		defer s.left(w)
		if after != nil {
			<-after
		}
		w.run(ctx)
	})
}

// dismiss stops a worker, without waiting for its end. With mu.
func (s *Service) dismiss(w *worker) {
	w.cancel()
	if s.workers[w.id] == w {
		delete(s.workers, w.id)
	}
}

// left is called by a worker that has ended. One that ended by itself, because
// of what it saw of its subscription, is followed by another where somebody
// has changed that since.
func (s *Service) left(w *worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.cancel()
	close(w.done)
	if s.workers[w.id] != w {
		return
	}
	delete(s.workers, w.id)
	if r := w.current(); r.State == Active && r.Revision > w.gaveUpAt && s.running != nil && s.running.Err() == nil {
		s.start(r, nil)
	}
}

// forget stops the worker of a subscription that is no more; the channel is
// closed when it has ended.
func (s *Service) forget(id string) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rates, id)
	w := s.workers[id]
	if w == nil {
		ended := make(chan struct{})
		close(ended)
		return ended
	}
	s.dismiss(w)
	return w.done
}

func (s *Service) keepOnly(there map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, w := range s.workers {
		if !there[id] {
			s.dismiss(w)
		}
	}
}
