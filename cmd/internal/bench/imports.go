package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"depositary/domain"
)

// Size of the import that is measured: a table of each treaty in one command.
const (
	importTables = 200
	importRows   = 120

	// The prototype took 0.55 s with a message per act (MEASURED.md); as above
	// nine tenths of its speed are expected.
	importTarget = 611 * time.Millisecond
)

// imports measures an import of whole tables into a new node.
func (b *bench) imports(ctx context.Context) error {
	w := newWorld(importRows, pick(b, importTables, 20))
	acts := len(w.participants) * len(w.treaties)
	ways := []struct {
		name    string
		callers int
		took    []time.Duration
		rates   []float64
		ofF     []float64
	}{{name: "one table after the other", callers: 1}, {name: "16 tables at a time", callers: 16}}
	for round := range pick(b, 3, 1) {
		f, err := b.syncRate()
		if err != nil {
			return err
		}
		b.progress("import, round %d, F %s", round+1, count(f))
		for i := range ways {
			way := &ways[i]
			took, err := b.importOnce(ctx, w, way.callers)
			if err != nil {
				return err
			}
			rate := float64(acts) / took.Seconds()
			way.took, way.rates, way.ofF = append(way.took, took), append(way.rates, rate), append(way.ofF, rate/f)
		}
	}
	b.report.heading("Import")
	b.report.text("%s acts as %d commands, each with the %d acts of one treaty's table and each one commit, into a node that holds the definitions.", count(acts), len(w.treaties), importRows)
	var rows [][]string
	for _, way := range ways {
		rows = append(rows, []string{way.name, fmt.Sprintf("%.2f s", median(way.took).Seconds()), count(median(way.rates)), ratio(median(way.ofF)),
			fmt.Sprintf("≤ %.2f s", importTarget.Seconds()), b.verdict(median(way.took) <= importTarget)})
	}
	b.report.table([]string{"way", "time", "acts/s", "× F", "target", ""}, rows)
	b.report.limits(limitsImport)
	return nil
}

func (b *bench) importOnce(ctx context.Context, w world, callers int) (took time.Duration, err error) {
	folder := filepath.Join(b.folder, "import")
	defer os.RemoveAll(folder)
	n, err := openWorld(ctx, folder, w)
	if err != nil {
		return 0, err
	}
	tables := make(map[domain.TreatyID]*domain.RecordActions)
	var commands []domain.Command
	for _, a := range w.acts(1) {
		table, ok := tables[a.treaty]
		if !ok {
			table = &domain.RecordActions{Treaty: a.treaty}
			tables[a.treaty] = table
			commands = append(commands, table)
		}
		table.Actions = append(table.Actions, a.action)
	}
	begun := time.Now()
	err = recordAll(ctx, n, "import", commands, callers)
	took = time.Since(begun)
	if closing := n.Close(); err == nil {
		err = closing
	}
	return took, err
}

func inParallel(n int, f func()) {
	var running sync.WaitGroup
	for range n {
		running.Go(f)
	}
	running.Wait()
}
