package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// contestant makes events durable; record is called by many goroutines and
// returns when its event is on disk.
type contestant struct {
	name   string
	record func(context.Context) error
	close  func() error
}

// sample is what callers saw in one span.
type sample struct {
	rate     float64 // events per second
	p50, p99 time.Duration
}

// drive lets callers record one event after the other for a while.
func drive(ctx context.Context, callers int, span time.Duration, record func(context.Context) error) (sample, error) {
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var running sync.WaitGroup
	begun := time.Now()
	for range callers {
		running.Go(func() {
			var own []time.Duration
			var err error
			for at := time.Now(); err == nil && at.Sub(begun) < span; {
				err = record(ctx)
				now := time.Now()
				own, at = append(own, now.Sub(at)), now
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
			if err != nil {
				failed = err
			}
		})
	}
	running.Wait()
	all := time.Since(begun)
	slices.Sort(took)
	return sample{float64(len(took)) / all.Seconds(), percentile(took, 0.5), percentile(took, 0.99)}, failed
}

// standing is what one contestant reached with one number of callers.
type standing struct {
	rates, ofF []float64
	p50s, p99s []time.Duration
}

func (s *standing) add(x sample, f float64) {
	s.rates, s.ofF = append(s.rates, x.rate), append(s.ofF, x.rate/f)
	s.p50s, s.p99s = append(s.p50s, x.p50), append(s.p99s, x.p99)
}

// The node's targets, and the figures of the prototype of the chosen shape
// (MEASURED.md: 1,250, 9,750 and 18,300 events/s where F was 4,500), of which
// nine tenths are expected with rules, views and both copies.
var durableTargets = []struct {
	callers         int
	multiple, proto float64 // of F
	aheadOfSQLite   bool
}{
	{1, 0.27, 1250.0 / 4500, false},
	{64, 2, 9750.0 / 4500, true},
	{256, 0, 18_300.0 / 4500, false},
}

const prototypeShare = 0.9

// durable measures how many events become durable in a second.
func durable(ctx context.Context, b *bench) error {
	folder := filepath.Join(b.folder, "durable")
	contestants, err := b.contestants(ctx, folder)
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	standings, err := b.compete(ctx, contestants)
	for _, c := range contestants {
		if closing := c.close(); err == nil {
			err = closing
		}
	}
	if err != nil {
		return err
	}
	b.reportDurable(contestants, standings)
	return b.imports(ctx)
}

func (b *bench) contestants(ctx context.Context, folder string) (all []*contestant, err error) {
	w, err := newWorkload(newWorld(200, pick(b, 600, 20)))
	if err != nil {
		return nil, err
	}
	makers := []func(context.Context, string, *workload) (*contestant, error){newNode, newBolt, newSQLiteEach, newSQLiteGrouped}
	for i, make := range makers {
		own := filepath.Join(folder, fmt.Sprint(i))
		if err := os.MkdirAll(own, 0o700); err != nil {
			return nil, err
		}
		c, err := make(ctx, own, w)
		if err != nil {
			return nil, fmt.Errorf("contestant %d: %w", i, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func (b *bench) compete(ctx context.Context, contestants []*contestant) (map[string][]*standing, error) {
	standings := make(map[string][]*standing)
	for _, c := range contestants {
		for range durableTargets {
			standings[c.name] = append(standings[c.name], new(standing))
		}
	}
	for round := range pick(b, 5, 1) {
		for i, target := range durableTargets {
			f, err := b.syncRate()
			if err != nil {
				return nil, err
			}
			b.progress("durable, round %d, %d callers, F %s", round+1, target.callers, count(f))
			for turn := range contestants {
				c := contestants[(turn+round)%len(contestants)]
				x, err := drive(ctx, target.callers, pick(b, 700*time.Millisecond, 60*time.Millisecond), c.record)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", c.name, err)
				}
				standings[c.name][i].add(x, f)
			}
		}
	}
	return standings, nil
}

func (b *bench) reportDurable(contestants []*contestant, standings map[string][]*standing) {
	b.report.heading("Durable appends")
	b.report.text("One act a command, one command a commit, through the recorder of a whole node: decided by the rules, synced in the stream and in the store, visible in the views. " +
		"The others store the same bytes ready made, without rules, views, hashes or a second copy. The acts are signatures and ratifications of 200 participants and 600 treaties in an order without a pattern. " +
		"SQLite: WAL, synchronous=FULL, one table with the stream's name and version unique, prepared statement, one connection.")
	var rows [][]string
	for i, target := range durableTargets {
		for _, c := range contestants {
			s := standings[c.name][i]
			row := []string{fmt.Sprint(target.callers), c.name, count(median(s.rates)), ratio(median(s.ofF)), millis(median(s.p50s)), millis(median(s.p99s)), "", ""}
			if c.name == nodeName {
				row[6], row[7] = b.judgeDurable(i, standings)
			}
			rows = append(rows, row)
		}
	}
	b.report.table([]string{"callers", "contestant", "events/s", "× F", "p50", "p99", "target", ""}, rows)
	b.report.limits(limitsDurable)
}

func (b *bench) judgeDurable(i int, standings map[string][]*standing) (target, verdict string) {
	t := durableTargets[i]
	node, sqlite := standings[nodeName][i], standings[sqliteName][i]
	floor := max(t.multiple, prototypeShare*t.proto)
	target = fmt.Sprintf("≥ %s F", ratio(floor))
	met := median(node.ofF) >= floor
	if t.aheadOfSQLite {
		target += ", ahead of SQLite with a transaction per event"
		met = met && median(node.rates) > median(sqlite.rates)
	}
	return target, b.verdict(met)
}
