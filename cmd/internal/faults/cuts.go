package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"time"
)

// cuts cuts the power of a disk while a node is written to, again and again.
func cuts(ctx context.Context, s *suite, o *outcome) error {
	sectors, names := 0, 0
	defer func() { o.note("%d sectors and %d names were lost", sectors, names) }()
	return s.inFolders(o, func(h *house, most int) error {
		d, err := s.newDisk(h.data)
		if err != nil {
			return err
		}
		h.data = d.at
		for range most {
			if !s.more(o) {
				break
			}
			random := s.random(o, o.done)
			off := func(p *program) { d.powerOff(func() { p.signal(syscall.SIGKILL) }) }
			if err := s.killUnderLoad(ctx, o, h, random, off); err != nil {
				o.blame("after %d cuts: %v", o.done, err)
				return d.unmount()
			}
			if err := d.unmount(); err != nil {
				return err
			}
			lostSectors, lostNames, err := d.cut(random)
			if err != nil {
				return fmt.Errorf("cutting: %w", err)
			}
			sectors, names = sectors+lostSectors, names+lostNames
			o.done++
			if err := d.mount(); err != nil {
				return err
			}
		}
		return errors.Join(s.lookAgain(o, h), d.unmount())
	})
}

// How a disk fails, and what of the folder does.
var ways = []struct {
	what string
	how  failing
}{
	{"no room, and the disk says so", failing{write: noRoom, full: true}},
	{"no room in the middle of writing", failing{write: noRoom}},
	{"no room in the stream", failing{write: noRoom, only: "nats"}},
	{"no room in the store", failing{write: noRoom, only: "store.bolt"}},
	{"writes fail", failing{write: broken}},
	{"writes fail in the stream", failing{write: broken, only: "nats"}},
	{"writes fail in the store", failing{write: broken, only: "store.bolt"}},
	{"syncs fail", failing{sync: broken}},
	{"syncs fail in the stream", failing{sync: broken, only: "nats"}},
	{"syncs fail in the store", failing{sync: broken, only: "store.bolt"}},
}

const (
	refusedWithin = 1 * time.Second // a write that cannot be recorded
	writtenWithin = 5 * time.Second // after the fault has gone
)

// disks lets the disk of a node fail for a while, as a whole or in one of its
// copies, and looks whether it writes again by itself. A node that ends is started
// again, as a supervisor would.
func disks(ctx context.Context, s *suite, o *outcome) error {
	var slowest time.Duration
	defer func() { o.note("written again after %v at the longest", slowest.Round(10*time.Millisecond)) }()
	for n := 0; s.more(o); n++ {
		data := filepath.Join(s.folder, fmt.Sprintf("disks-%d", n))
		h, err := s.newHouse(data, n%2 == 1)
		if err != nil {
			return err
		}
		d, err := s.newDisk(data)
		if err != nil {
			return err
		}
		h.data = d.at
		way := ways[n%len(ways)]
		o.count(way.what)
		took, err := s.failDisk(ctx, o, h, d, n)
		if err != nil {
			o.blame("%s: %v", way.what, err)
		}
		slowest = max(slowest, took)
		o.close(h.book)
		o.done++
		if err := d.unmount(); err != nil {
			return err
		}
		d.remove()
	}
	return nil
}

// failDisk returns how long after the end of the fault a write was taken again.
func (s *suite) failDisk(ctx context.Context, o *outcome, h *house, d *disk, n int) (time.Duration, error) {
	random, way := s.random(o, n), ways[n%len(ways)]
	p, err := s.start(h.data, h.args()...)
	if err != nil {
		return 0, err
	}
	before, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	h.load(before, p, writers, random)
	stop()
	during, stop := context.WithTimeout(ctx, time.Duration(1500+random.IntN(1500))*time.Millisecond)
	d.fail(way.how)
	h.load(during, p, writers, random)
	stop()
	if p.running() {
		s.slowRefusal(o, h, p, way.what)
	}
	d.fail(failing{})
	healed := time.Now()
	for {
		if !p.running() {
			o.count("times the node ended for its supervisor")
			if p, err = s.start(h.data, h.args()...); err != nil {
				return 0, err
			}
		}
		if e := h.act(p, ""); e.answered == yes {
			break
		}
		if time.Since(healed) > 6*writtenWithin {
			o.blame("%s: not written again after %v: %s", way.what, time.Since(healed), h.ask(p, request{path: "/readyz"}).body)
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	took := time.Since(healed)
	if took > writtenWithin && !s.short {
		o.blame("%s: written again after %v only", way.what, took)
	}
	h.check(p, o.blame)
	p.stop()
	return took, s.lookAgain(o, h)
}

// slowRefusal blames a node that lets a writer wait who cannot be served.
func (s *suite) slowRefusal(o *outcome, h *house, p *program, what string) {
	asked := time.Now()
	if e := h.act(p, ""); e.answered == yes {
		o.count("times the fault was not met by a write")
		return
	}
	if took := time.Since(asked); took > refusedWithin && p.running() && !s.short {
		o.blame("%s: a write that could not be recorded was answered after %v", what, took)
	}
}
