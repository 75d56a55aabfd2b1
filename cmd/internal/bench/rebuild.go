package main

import (
	"context"
	"runtime"
	"time"

	"depositary/domain/catalogue"
	"depositary/eventstore"
	"depositary/eventstore/codec"
	"depositary/projections"
)

const rebuildTarget = 1_000_000 // events per second and core

// rebuild measures how fast views are made of commits that lie in memory.
func rebuild(_ context.Context, b *bench) error {
	single, tables, err := newWorld(200, pick(b, 250, 5)).ledgers(4)
	if err != nil {
		return err
	}
	bundled, err := bundledCommits()
	if err != nil {
		return err
	}
	cases := []struct {
		name    string
		target  bool
		commits []eventstore.Commit
		run     func([]eventstore.Commit) error
		rates   []float64
	}{
		{"decode and fold, one act a commit", true, single, load, nil},
		{"decode and fold, a treaty's table a commit", true, tables, load, nil},
		{"parse (header, digest, hash), decode and fold, one act a commit", false, single, parseAndLoad, nil},
		{"decode only, one act a commit", false, single, decode, nil},
		{"decode and fold, the bundled data", false, bundled, load, nil},
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for round := range pick(b, 5, 1) {
		b.progress("rebuild, round %d", round+1)
		for i := range cases {
			c := &cases[i]
			runtime.GC()
			begun := time.Now()
			if err := c.run(c.commits); err != nil {
				return err
			}
			c.rates = append(c.rates, float64(events(c.commits))/time.Since(begun).Seconds())
		}
	}
	b.report.heading("Rebuild of the views")
	b.report.text("Of %s acts in commits that lie in memory, with GOMAXPROCS=1: one act a commit in an order without a pattern, as nobody's ledger is but the worst is, and 200 acts of one treaty a commit, as imports leave them. "+
		"Three in four of the acts carry provenance, the others a day of receipt and a notification. The bundled data are %s events, definitions of treaties, participants and weight tables among them.", count(len(single)), count(events(bundled)))
	var rows [][]string
	for _, c := range cases {
		row := []string{c.name, count(median(c.rates)), "", ""}
		if c.target {
			row[2], row[3] = "≥ "+count(rebuildTarget), b.verdict(median(c.rates) >= rebuildTarget)
		}
		rows = append(rows, row)
	}
	b.report.table([]string{"work", "events/s per core", "target", ""}, rows)
	b.report.limits(limitsRebuild)
	return nil
}

func events(commits []eventstore.Commit) (n int) {
	for _, c := range commits {
		n += c.Events
	}
	return n
}

func load(commits []eventstore.Commit) error {
	_, err := viewsOf(commits)
	return err
}

// viewsOf folds commits as a node does on its start.
func viewsOf(commits []eventstore.Commit) (*projections.Views, error) {
	p := projections.NewProjection()
	for _, c := range commits {
		if err := p.Load(c); err != nil {
			return nil, err
		}
	}
	p.Loaded()
	return p.Current(), nil
}

func parseAndLoad(commits []eventstore.Commit) error {
	p := projections.NewProjection()
	for _, c := range commits {
		parsed, err := eventstore.Parse(c.Raw())
		if err != nil {
			return err
		}
		_ = parsed.Hash() // what follows it is checked with
		if err := p.Load(parsed); err != nil {
			return err
		}
	}
	p.Loaded()
	return nil
}

func decode(commits []eventstore.Commit) error {
	d := codec.NewDecoder()
	for _, c := range commits {
		if _, err := d.Commit(c); err != nil {
			return err
		}
	}
	return nil
}

// bundledCommits returns the ledger that the catalogue makes.
func bundledCommits() (commits []eventstore.Commit, err error) {
	bundled, err := catalogue.Load()
	if err != nil {
		return nil, err
	}
	return decided(bundled.Commands())
}
