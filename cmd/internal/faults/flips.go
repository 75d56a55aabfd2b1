package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// flips turns one bit of a file of a data folder, of every file in turn, and looks
// what becomes of it: nothing that was acknowledged may be missing without a word.
// Where the program names a damaged copy, what it says is done, and all must be there.
func flips(ctx context.Context, s *suite, o *outcome) error {
	for n := 0; s.more(o); n++ {
		h, err := s.filled(ctx, o, n)
		if err != nil {
			return err
		}
		files, err := filesOf(h.data)
		if err != nil {
			return err
		}
		before := len(o.wrong)
		for range 2 * len(files) { // each file twice, then another folder
			if !s.more(o) {
				break
			}
			if err := s.flip(o, h, files[o.done%len(files)], s.random(o, o.done)); err != nil {
				return err
			}
			o.done++
		}
		o.close(h.book)
		progress("flips: %d of %d", o.done, o.wanted)
		if len(o.wrong) == before || !s.keep {
			_ = os.RemoveAll(h.data)
		}
	}
	return nil
}

// filled returns a folder that was written to and stopped.
func (s *suite) filled(ctx context.Context, o *outcome, n int) (*house, error) {
	h, err := s.newHouse(filepath.Join(s.folder, fmt.Sprintf("flips-%d", n)), n%2 == 1)
	if err != nil {
		return nil, err
	}
	p, err := s.start(h.data, h.args()...)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	h.load(ctx, p, writers, s.random(o, n))
	h.check(p, o.blame)
	p.stop()
	return h, nil
}

// filesOf returns the files of a folder that have bytes.
func filesOf(folder string) (files []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Size() > 0 {
			relative, _ := filepath.Rel(folder, path) // it is below
			files = append(files, relative)
		}
		return err
	})
	return files, err
}

// flip turns a bit of a file of a copy of the house's folder.
func (s *suite) flip(o *outcome, h *house, file string, random *rand.Rand) error {
	spoilt := &house{data: h.data + ".spoilt", fourEyes: h.fourEyes, anna: h.anna, bob: h.bob, book: h.book, chosen: h.chosen}
	if err := os.RemoveAll(spoilt.data); err != nil {
		return err
	}
	if err := copyFolder(h.data, spoilt.data); err != nil {
		return err
	}
	at, bit, err := flipBit(filepath.Join(spoilt.data, file), random)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s, byte %d, bit %d", file, at, bit)
	blame := func(format string, args ...any) { o.blame("%s: %s", what, fmt.Sprintf(format, args...)) }
	p, err := s.start(spoilt.data, spoilt.args()...)
	var ended *endedError
	switch {
	case errors.As(err, &ended):
		o.count("named, and mended as the program says")
		return s.mend(o, spoilt, ended, blame)
	case err != nil:
		return err
	}
	defer p.stop()
	quiet := true
	spoilt.check(p, func(format string, args ...any) { quiet = false; blame(format, args...) })
	r := spoilt.ask(p, request{path: "/v1/operate/verification", body: []byte{}})
	switch {
	case strings.Contains(p.output.String(), "restored") || strings.Contains(p.output.String(), "rebuilt"):
		o.count("healed at the start")
	case !r.fine():
		o.count("named by verify")
	case quiet:
		o.count("harmless")
	}
	return nil
}

// flipBit turns one bit, nearly always of a byte that is not zero: most of a store
// is empty pages.
func flipBit(path string, random *rand.Rand) (at int, bit int, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, err
	}
	for range 1000 {
		if at = random.IntN(len(content)); content[at] != 0 || random.IntN(5000) == 0 {
			break
		}
	}
	bit = random.IntN(8)
	content[at] ^= 1 << bit
	info, err := os.Stat(path)
	if err != nil {
		return at, bit, err
	}
	if err := os.WriteFile(path, content, info.Mode()); err != nil {
		return at, bit, err
	}
	return at, bit, os.Chtimes(path, info.ModTime(), info.ModTime())
}

// mend does what a node says that ended: it sets aside what it names, starts again
// and expects everything to be there.
func (s *suite) mend(o *outcome, h *house, ended *endedError, blame func(string, ...any)) error {
	aside := named(ended.output)
	if aside == "" {
		blame("the node ended with %d and names no way out:\n%s", ended.code, ended.output)
		return nil
	}
	if err := os.Rename(filepath.Join(h.data, aside), filepath.Join(h.data, aside+".aside")); err != nil {
		return err
	}
	p, err := s.start(h.data, h.args()...)
	if err != nil {
		blame("%s was set aside, as the node says, and: %v", aside, err)
		return nil
	}
	defer p.stop()
	h.check(p, blame)
	if r := h.ask(p, request{path: "/v1/operate/verification", body: []byte{}}); !r.fine() {
		blame("%s was set aside, and verify: %d %s", aside, r.status, r.body)
	}
	return nil
}

// named returns what the last line of a node that ended says is to be set aside.
func named(output string) string {
	_, output, _ = strings.Cut(output, "depositary: ")
	for _, file := range []string{"tokens.json", "webhook.key", "node.key", "log.key"} {
		if strings.Contains(output, file) && strings.Contains(output, "aside") {
			return file
		}
	}
	_, output, found := strings.Cut(output, "Set the ")
	if !found {
		return ""
	}
	for _, file := range []string{"store.bolt", "nats"} {
		if strings.HasPrefix(output, "file \""+file) || strings.HasPrefix(output, "folder \""+file) {
			return file
		}
	}
	return ""
}
