package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"
)

// table writes what was done and found, as Markdown.
func table(outcomes []*outcome) string {
	var w strings.Builder
	fmt.Fprintf(&w, "%s, %d processors, %s/%s, %s\n\n", time.Now().UTC().Format("2 January 2006, 15:04 UTC"), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	header := []string{"fault", "done"}
	for k := range kinds {
		header = append(header, kind(k).plural())
	}
	header = append(header, "not recorded, and so answered", "answer lost", "lost, doubled or unnamed", "took")
	row(&w, header)
	row(&w, slices.Repeat([]string{"---"}, len(header)))
	for _, o := range outcomes {
		if o.wanted == 0 {
			row(&w, []string{o.section.name, "not in this form"})
			continue
		}
		if o.skipped != "" {
			row(&w, []string{o.section.name, "skipped: " + o.skipped})
			continue
		}
		cells := []string{o.section.name, fmt.Sprint(o.done)}
		for k := range kinds {
			cells = append(cells, fmt.Sprint(o.tally[kind(k)]))
		}
		row(&w, append(cells, fmt.Sprint(o.refused), fmt.Sprint(o.open), fmt.Sprint(len(o.wrong)), o.took.Round(time.Second).String()))
	}
	for _, o := range outcomes {
		for _, what := range slices.Sorted(maps.Keys(o.counts)) {
			fmt.Fprintf(&w, "\n- %s: %d %s", o.section.name, o.counts[what], what)
		}
		for _, what := range slices.Sorted(maps.Keys(o.slow)) {
			fmt.Fprintf(&w, "\n- %s: %s: %v", o.section.name, what, o.slow[what].Round(10*time.Millisecond))
		}
		for _, note := range o.notes {
			fmt.Fprintf(&w, "\n- %s: %s", o.section.name, note)
		}
		for _, wrong := range o.wrong {
			fmt.Fprintf(&w, "\n- **%s: %s**", o.section.name, wrong)
		}
	}
	w.WriteByte('\n')
	return w.String()
}

func row(w *strings.Builder, cells []string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }
