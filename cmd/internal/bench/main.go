// Command bench measures what docs/benchmarks.md says, side by side with peers,
// and prints that report on stdout; progress goes to stderr.
//
//	go run -C cmd/internal/bench .              everything, a few minutes
//	go run -C cmd/internal/bench . -quick       everything in small: does it work?
//	go run -C cmd/internal/bench . -only start  one section
//
// It is a module of its own, so that the libraries of the peers are no
// dependencies of the product; it uses the product of the folder it lies in.
//
// Machines differ and are busy with other things, so contestants take turns
// within a round, F (append 4 KiB, fdatasync) is measured in every round, and
// what is reported is the median of the rounds and its ratio to the other's.
//
// The program starts itself again as a child where a process has to be killed
// or must not share the processor's caches and memory with what is measured.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// bench is one run of the program.
type bench struct {
	quick  bool
	folder string // where everything durable is written
	report *report
}

type section struct {
	name string
	run  func(context.Context, *bench) error
}

var sections = []section{
	{"durable", durable},
	{"start", start},
	{"rebuild", rebuild},
	{"questions", questions},
	{"read", reading},
	{"pages", pages},
	{"tell", tell},
}

// children are what the program does when it starts itself again.
var children = map[string]func(context.Context, []string) error{
	"build":  childBuild,
	"open":   childOpen,
	"load":   childLoad,
	"arrive": childArrive,
	"follow": childFollow,
}

func main() {
	quick := flag.Bool("quick", false, "everything in small, figures are not judged")
	only := flag.String("only", "", "one section: "+strings.Join(names(), ", "))
	folder := flag.String("dir", "", "folder of the disk to measure; a temporary one by default")
	profile := flag.String("cpuprofile", "", "write a profile of this process (not of its children)")
	child := flag.String("child", "", "for the program itself")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	var err error
	if *child != "" {
		err = children[*child](ctx, flag.Args())
	} else {
		err = profiled(*profile, func() error { return run(ctx, *quick, *only, *folder) })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func names() (all []string) {
	for _, s := range sections {
		all = append(all, s.name)
	}
	return all
}

func run(ctx context.Context, quick bool, only, folder string) error {
	if only != "" && !slices.Contains(names(), only) {
		return fmt.Errorf("no section %q; there are %s", only, strings.Join(names(), ", "))
	}
	folder, err := os.MkdirTemp(folder, "depositary-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	begun := time.Now()
	b := &bench{quick: quick, folder: folder, report: &report{}}
	if err := b.introduce(); err != nil {
		return err
	}
	for _, s := range sections {
		if only != "" && s.name != only {
			continue
		}
		b.progress("%s", s.name)
		if err := s.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	b.report.text("The run took %s.", time.Since(begun).Round(time.Second))
	_, err = os.Stdout.WriteString(b.report.String())
	return err
}

func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format("15:04:05"), fmt.Sprintf(format, args...))
}

// pick returns what a full run uses, or a quick one.
func pick[T any](b *bench, full, quick T) T {
	if b.quick {
		return quick
	}
	return full
}

func profiled(path string, f func() error) error {
	if path == "" {
		return f()
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return f()
}
