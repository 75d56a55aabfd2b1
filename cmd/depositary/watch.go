package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"depositary/eventstore/publiclog"
	"depositary/internal/wholefile"
)

func (a *app) watchCommand() *cobra.Command {
	w := watcher{app: a}
	c := &cobra.Command{Use: "watch URL", Short: "See whether the public log of a depositary still begins as it did", Args: cobra.ExactArgs(1),
		Long: "Gets the checkpoint of a public log and checks that the log of the last look is its beginning. What was seen is kept in a file. Without --key, the\n" +
			"first look takes the key that the log shows and keeps to it. A log that was rewritten or rolled back, or has another key, ends with the code 7, and what\n" +
			"was kept stays as it is. With --every it looks again and again, also when the log does not answer for a while.",
		Example: "  depositary watch https://depositary.example\n  depositary watch https://depositary.example --every 1h --state /var/lib/watch/depositary.json",
		RunE: func(c *cobra.Command, args []string) error {
			if w.every < 0 {
				return &usageError{wrongf("--every is a span of time such as 1h, not %s", w.every), c.CommandPath()}
			}
			d, err := a.remote(args[0])
			if err != nil {
				return err
			}
			w.base, w.client = d.base, &http.Client{Timeout: time.Minute, CheckRedirect: neverRedirect}
			return w.watch(c.Context())
		}}
	c.Flags().StringVar(&w.state, "state", "depositary-watch.json", "file in which what was seen is kept")
	c.Flags().StringVar(&w.key, "key", "", "public key of the log (default: that of the file, or the one that the log shows at the first look)")
	c.Flags().StringVar(&w.status, "status", "", "treaty whose status is computed from the log's own bytes, and compared with what the server says")
	c.Flags().StringVar(&w.asOf, "as-of", "", "the legal day for it, such as 2003-07-01 (default today)")
	c.Flags().DurationVar(&w.every, "every", 0, "look again after this time, and go on")
	return c
}

type watcher struct {
	app          *app
	base         string
	client       *http.Client
	state, key   string
	every        time.Duration
	status, asOf string // a treaty to compute anew, empty: none; and the day for it
}

// watch looks once, or again and again until the log is not what it was.
func (w *watcher) watch(ctx context.Context) error {
	for {
		err := w.look(ctx)
		var unanswered *publiclog.FetchError
		if w.every == 0 || err != nil && !errors.As(err, &unanswered) {
			return ofWatch(err)
		}
		if err != nil {
			fmt.Fprintf(w.app.err, "depositary: %v; it is tried again in %s\n", err, w.every)
		}
		if pause(ctx, w.every) != nil {
			return nil
		}
	}
}

// ofWatch adds the exit code to what a look found; errors of the file have none.
func ofWatch(err error) error {
	var file *fs.PathError
	var coded *codedError
	if errors.As(err, &file) || errors.As(err, &coded) {
		return err
	}
	return ofLog(err)
}

func (w *watcher) look(ctx context.Context) error {
	seen, err := w.load(ctx)
	if err != nil {
		return err
	}
	first := seen.Checkpoint == ""
	seen, tree, err := publiclog.Look(ctx, w.fetch, seen)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(seen, "", "  ")
	if err != nil {
		return err
	}
	if err := wholefile.Replace(w.state, append(text, '\n')); err != nil {
		return err
	}
	what := "The log begins as it did"
	if first {
		what = "First look"
	}
	fmt.Fprintf(w.app.out, "%s: %s, root %v\n", what, plural(int(tree.N), "commit", "commits"), tree.Hash)
	if w.status == "" {
		return nil
	}
	return w.recheck(ctx, tree)
}

// load reads what was seen. Without a file it begins with the key that is named,
// or with the one that the log shows.
func (w *watcher) load(ctx context.Context) (seen publiclog.Seen, err error) {
	text, err := os.ReadFile(w.state)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return seen, err
	default:
		if err := json.Unmarshal(text, &seen); err != nil {
			return seen, &fs.PathError{Op: "read", Path: w.state, Err: err}
		}
	}
	if w.key != "" {
		seen.Key = w.key
	}
	if seen.Key == "" {
		key, err := w.fetch(ctx, "key")
		if err != nil {
			return seen, &publiclog.FetchError{Cause: err}
		}
		seen.Key = strings.TrimSpace(string(key))
		fmt.Fprintf(w.app.err, "depositary: the log shows the key %s; compare it with one that reached you another way\n", seen.Key)
	}
	return seen, nil
}

// maxPart bounds a part of a log: a tile of hashes has 8 KiB.
const maxPart = 1 << 20

func (w *watcher) fetch(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base+"/log/"+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", request.URL.Redacted(), response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxPart))
}
