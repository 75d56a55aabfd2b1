package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const (
	writers = 8

	// A folder is broken so often, then another is: a ledger that grows makes each
	// start and each look longer.
	perFolder = 25
)

// inFolders lets break break folders until the section has enough: it gets a house
// and how often at most, and adds to what is done. Every other house takes two persons.
func (s *suite) inFolders(o *outcome, breakIt func(h *house, most int) error) error {
	for n := 0; s.more(o); n++ {
		data := filepath.Join(s.folder, fmt.Sprintf("%s-%d", o.section.name, n))
		h, err := s.newHouse(data, n%2 == 1)
		if err != nil {
			return err
		}
		before := len(o.wrong)
		most := perFolder
		if s.short {
			most = (o.wanted + 1) / 2 // both kinds of houses
		}
		if err := breakIt(h, min(most, o.wanted-o.done)); err != nil {
			return err
		}
		o.close(h.book)
		progress("%s: %d of %d", o.section.name, o.done, o.wanted)
		if len(o.wrong) == before {
			for _, folder := range []string{data, data + ".disk", data + ".trash"} {
				_ = os.RemoveAll(folder)
			}
		}
	}
	return nil
}

// kills ends a node without a word while it is written to, and now and then while
// it starts.
func kills(ctx context.Context, s *suite, o *outcome) error {
	return s.inFolders(o, func(h *house, most int) error {
		for range most {
			if !s.more(o) {
				break
			}
			random := s.random(o, o.done)
			if random.IntN(8) == 0 {
				if err := s.killWhileStarting(h, random); err != nil {
					return err
				}
				o.count("of them while the node started")
			} else if err := s.killUnderLoad(ctx, o, h, random, (*program).kill); err != nil {
				o.blame("after %d kills: %v", o.done, err)
				return nil
			}
			o.done++
		}
		return s.lookAgain(o, h)
	})
}

func (s *suite) killWhileStarting(h *house, random *rand.Rand) error {
	p, _, err := s.launch(h.data, h.args()...)
	if err != nil {
		return err
	}
	time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond)
	p.kill()
	return nil
}

// killUnderLoad starts a node, looks at what the last kill left, and kills it while
// it is written to, or lets something worse end it.
func (s *suite) killUnderLoad(ctx context.Context, o *outcome, h *house, random *rand.Rand, end func(*program)) error {
	p, err := s.start(h.data, h.args()...)
	if err != nil {
		return err
	}
	h.check(p, o.blame)
	time.AfterFunc(time.Duration(20+random.IntN(300))*time.Millisecond, func() { end(p) })
	h.load(ctx, p, writers, random)
	<-p.ended
	return nil
}

// lookAgain starts a node on what is left, compares it with the book, and verifies it.
func (s *suite) lookAgain(o *outcome, h *house) error {
	p, err := s.start(h.data, h.args()...)
	var ended *endedError
	if errors.As(err, &ended) {
		o.blame("the folder cannot be served: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	defer p.stop()
	h.check(p, o.blame)
	if r := h.ask(p, request{path: "/v1/operate/verification", body: []byte{}}); !r.fine() {
		o.blame("verify: %d %s", r.status, r.body)
	}
	return nil
}
