package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// report is the Markdown that the program prints.
type report struct{ strings.Builder }

func (r *report) heading(text string) { fmt.Fprintf(r, "## %s\n\n", text) }

func (r *report) text(format string, args ...any) { fmt.Fprintf(r, format+"\n\n", args...) }

// table writes rows under a header.
func (r *report) table(header []string, rows [][]string) {
	line := func(cells []string) { fmt.Fprintf(r, "| %s |\n", strings.Join(cells, " | ")) }
	line(header)
	line(slices.Repeat([]string{"---"}, len(header)))
	for _, row := range rows {
		line(row)
	}
	r.WriteByte('\n')
}

// verdict judges a figure against its target; a quick run judges nothing.
func (b *bench) verdict(met bool) string {
	switch {
	case b.quick:
		return "not judged"
	case met:
		return "met"
	}
	return "**missed**"
}

// limits says in one sentence what a section's figures are limited by.
func (r *report) limits(text string) { r.text("What limits it: %s", text) }

func median[T cmp.Ordered](values []T) T {
	var none T
	if len(values) == 0 {
		return none
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// percentile returns the value below which the share of the values lies.
func percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

// count writes a number with commas, three digits exact at least.
func count[T int | int64 | uint64 | float64](n T) string {
	f := float64(n)
	if f < 100 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	digits := strconv.FormatInt(int64(f+0.5), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func ratio(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

func millis(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 1 {
		return strconv.FormatFloat(ms, 'f', 3, 64) + " ms"
	}
	return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
}

func mebibytes[T int | int64 | uint64](n T) string {
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 0, 64) + " MiB"
}
