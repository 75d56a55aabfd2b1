package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progressAfter is how long work may take before its progress is shown.
const progressAfter = 500 * time.Millisecond

// progress shows how far long work is, on a terminal only.
type progress struct {
	w *os.File // nil where there is no terminal

	mu    sync.Mutex
	what  string
	begun time.Time
	bar   *progressbar.ProgressBar
}

func newProgress(w io.Writer) *progress {
	if isTerminal(w) {
		return &progress{w: w.(*os.File)}
	}
	return &progress{}
}

// tell is a node.Progress.
func (p *progress) tell(what string, done, total uint64) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if what != p.what {
		p.clear()
		p.what, p.begun = what, time.Now()
	}
	if p.bar == nil && done < total && time.Since(p.begun) > progressAfter {
		p.bar = progressbar.NewOptions64(int64(total), progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(what),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionShowCount())
	}
	if p.bar != nil {
		_ = p.bar.Set64(int64(min(done, total))) // a display that fails is no failure
	}
	if done >= total {
		p.clear()
	}
}

func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	p.bar, p.what = nil, ""
}

// isTerminal reports whether somebody reads what is written.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
