// Command faults breaks what a depositary stands on, again and again, and looks
// whether anything is lost that it acknowledged, or there twice: acts, documents,
// subscriptions, proposals, tokens and their revocations.
//
//	go run -C cmd/internal/faults .                  the long form, about an hour
//	go run -C cmd/internal/faults . -short           a few of most, some seconds; times are not judged
//	go run -C cmd/internal/faults . -only cuts       one section
//	go run -C cmd/internal/faults . -kills 50 -within 10m
//
// It builds the program and runs it from outside, as a supervisor would: it writes
// over HTTP, keeps a book of what was answered, and compares the book with what is
// there after each fault. On stdout it prints a table of counts. It ends with 1
// where something was lost, doubled, or damaged without a word.
//
// What a machine does not permit, such as mounting a file system, is skipped by
// name. The module is its own: what is needed to break things is no dependency of
// the product.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// section is one kind of fault.
type section struct {
	name        string
	what        string
	long, short int // how many faults; of a flood, seconds
	run         func(context.Context, *suite, *outcome) error
}

var sections = []section{
	{"kills", "SIGKILL of a node under load, also while it starts", 1000, 2, kills},
	{"cuts", "power cuts: what was not synced is lost by sectors, in part or whole, and so are the last names", 200, 2, cuts},
	{"disks", "full disks and I/O errors, lifted again", 24, 1, disks},
	{"flips", "one flipped bit in a file of the data folder", 300, 3, flips},
	{"cluster", "three NATS servers, three nodes: pauses, partitions, kills, lost quorum", 100, 0, clusters},
	{"flood", "seconds of 500 connections from one address with the dearest questions", 60, 1, flood},
}

// suite is one run of the program.
type suite struct {
	ctx    context.Context
	short  bool
	keep   bool
	folder string
	binary string
	until  time.Time // no fault begins later; zero: no limit
	seed   uint64
}

// outcome is what a section found. It is safe for concurrent use.
type outcome struct {
	section section
	wanted  int

	mu      sync.Mutex
	done    int
	tally   map[kind]int // what was acknowledged
	refused int          // as certainly not recorded
	open    int          // not known to the client
	wrong   []string
	notes   []string
	counts  map[string]int
	slow    map[string]time.Duration // the slowest of something
	skipped string
	took    time.Duration
}

// errSkipped says that this machine does not permit a section.
type errSkipped struct{ why string }

func (e *errSkipped) Error() string { return e.why }

func main() {
	short := flag.Bool("short", false, "a few faults of each kind")
	only := flag.String("only", "", "sections, with commas: "+strings.Join(names(), ", "))
	folder := flag.String("dir", "", "folder of the disk to use; a temporary one by default")
	within := flag.Duration("within", 0, "no fault begins later than this after the start; 0: no limit")
	keep := flag.Bool("keep", false, "keep the folders in which something was wrong")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of what is random")
	child := flag.String("child", "", "for the program itself")
	wanted := map[string]*int{}
	for _, s := range sections {
		wanted[s.name] = flag.Int(s.name, -1, "how many: "+s.what)
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *child == "nats" {
		exit(runNATS(ctx, flag.Args()))
	}
	s := &suite{ctx: ctx, short: *short, keep: *keep, seed: *seed}
	if *within > 0 {
		s.until = time.Now().Add(*within)
	}
	exit(s.run(*folder, *only, wanted))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func names() (all []string) {
	for _, s := range sections {
		all = append(all, s.name)
	}
	return all
}

func (s *suite) run(folder, only string, wanted map[string]*int) (err error) {
	chosen := names()
	if only != "" {
		chosen = strings.Split(only, ",")
	}
	for _, name := range chosen {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("no section %q; there are %s", name, strings.Join(names(), ", "))
		}
	}
	if s.folder, err = os.MkdirTemp(folder, "depositary-faults-*"); err != nil {
		return err
	}
	s.binary = filepath.Join(s.folder, "depositary")
	if err := s.build(); err != nil {
		return err
	}
	var outcomes []*outcome
	for _, section := range sections {
		if !slices.Contains(chosen, section.name) {
			continue
		}
		o := &outcome{section: section, wanted: section.long, tally: map[kind]int{}, counts: map[string]int{}, slow: map[string]time.Duration{}}
		if s.short {
			o.wanted = section.short
		}
		if n := *wanted[section.name]; n >= 0 {
			o.wanted = n
		}
		s.one(o)
		outcomes = append(outcomes, o)
		if s.ctx.Err() != nil {
			break
		}
	}
	return s.conclude(outcomes)
}

// one runs a section. What stops it is wrong too, unless the machine does not permit it.
func (s *suite) one(o *outcome) {
	begun := time.Now()
	progress("%s: %d", o.section.name, o.wanted)
	err := o.section.run(s.ctx, s, o)
	o.took = time.Since(begun)
	var skipped *errSkipped
	switch {
	case err == nil, s.ctx.Err() != nil:
	case errors.As(err, &skipped):
		o.skipped = skipped.why
		progress("%s: skipped: %s", o.section.name, skipped.why)
	default:
		o.blame("the section ended: %v", err)
	}
}

// conclude prints the table, removes what was written, and fails where something was wrong.
func (s *suite) conclude(outcomes []*outcome) error {
	fmt.Print(table(outcomes))
	wrong := 0
	for _, o := range outcomes {
		wrong += len(o.wrong)
	}
	if wrong > 0 && s.keep {
		progress("folders are kept in %s", s.folder)
	} else {
		_ = os.RemoveAll(s.folder)
	}
	if wrong > 0 {
		return fmt.Errorf("%d findings", wrong)
	}
	return nil
}

// repository is where the product is, seen from here.
const repository = "../../.."

// build compiles the program as it is shipped, without C.
func (s *suite) build() error {
	c := exec.CommandContext(s.ctx, "go", "build", "-trimpath", "-o", s.binary, "./cmd/depositary")
	c.Dir = repository
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return nil
}

// more reports whether another fault may begin.
func (s *suite) more(o *outcome) bool {
	return o.done < o.wanted && s.ctx.Err() == nil && (s.until.IsZero() || time.Now().Before(s.until))
}

// random returns the random numbers of one fault, which its section and number repeat.
func (s *suite) random(o *outcome, n int) *rand.Rand {
	return rand.New(rand.NewPCG(s.seed, uint64(len(o.section.name))<<32+uint64(o.section.name[0])<<40+uint64(n)))
}

func (o *outcome) blame(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	o.wrong = append(o.wrong, text)
	progress("%s: WRONG: %s", o.section.name, text)
}

func (o *outcome) note(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.notes = append(o.notes, fmt.Sprintf(format, args...))
}

// count counts something that happened.
func (o *outcome) count(what string) { o.add(what, 1) }

func (o *outcome) add(what string, n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts[what] += n
}

// slowest notes how long something took, if it never took longer.
func (o *outcome) slowest(what string, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.slow[what] = max(o.slow[what], took)
}

// close adds what a book has of acknowledgements.
func (o *outcome) close(b *book) {
	tally, refused, open := b.totals()
	if b.denied > 0 {
		o.blame("%d were refused by a rule, such as %s", b.denied, b.denial)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for k, n := range tally {
		o.tally[k] += n
	}
	o.refused += refused
	o.open += open
}

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format("15:04:05"), fmt.Sprintf(format, args...))
}
