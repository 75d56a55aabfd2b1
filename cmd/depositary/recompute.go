package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/tlog"

	"depositary/domain"
	"depositary/eventstore/publiclog"
	"depositary/projections"
)

// recompute folds an exported ledger, as far as a checkpoint covers it, and returns
// the status of a treaty: from the bytes of the log alone.
func recompute(r io.Reader, tree tlog.Tree, treaty, asOf string) (s projections.TreatyStatus, err error) {
	p := projections.NewProjection()
	if err := publiclog.ReadLedger(r, tree, p.Load); err != nil {
		return s, err
	}
	p.Loaded()
	views := p.Current()
	on, err := views.Ask(asOf, "", strconv.FormatInt(tree.N, 10), domain.DateOf(now()))
	if err != nil {
		return s, &codedError{exitRefused, err}
	}
	if id, known := views.State.FindTreaty(treaty); known {
		if s, known = projections.Status(on, id); known {
			return s, nil
		}
	}
	return s, &codedError{exitRefused, fmt.Errorf("the ledger has no treaty %q", treaty)}
}

func (a *app) proofStatusCommand() *cobra.Command {
	var file, checkpoint, key, asOf string
	c := &cobra.Command{Use: "status TREATY --ledger FILE --checkpoint FILE --key KEY", Short: "Compute the status of a treaty from the bytes of the public log alone", Args: cobra.ExactArgs(1),
		Long: "Reads an exported ledger, checks that it is the one that a signed checkpoint covers, and computes the status of a treaty from it, without any server or\n" +
			"data folder. FILE of the ledger may be - for standard input. A ledger that is not that of the checkpoint ends with the code 7.",
		Example: "  curl https://depositary.example/log/checkpoint > checkpoint\n  curl https://depositary.example/v1/export > ledger.ndjson\n  depositary proof status ICMW --ledger ledger.ndjson --checkpoint checkpoint --key depositary.example+8a3f05c2+AQ…",
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := a.readProof(checkpoint)
			if err != nil {
				return err
			}
			tree, err := publiclog.OpenCheckpoint(text, key)
			if err != nil {
				return ofLog(err)
			}
			in := a.in
			if file != "-" {
				f, err := os.Open(file)
				if err != nil {
					return &codedError{exitRefused, err}
				}
				defer f.Close()
				in = f
			}
			s, err := recompute(in, tree, args[0], asOf)
			if err != nil {
				return ofRecomputing(err)
			}
			showStatus(a.out, s)
			return nil
		}}
	c.Flags().StringVar(&file, "ledger", "", "file of the exported ledger")
	c.Flags().StringVar(&checkpoint, "checkpoint", "", "file of the checkpoint, as /log/checkpoint shows it, or of a watcher")
	c.Flags().StringVar(&key, "key", "", "public key of the log")
	c.Flags().StringVar(&asOf, "as-of", "", "the legal day for which to compute, such as 2003-07-01 (default today)")
	for _, required := range []string{"ledger", "checkpoint", "key"} {
		_ = c.MarkFlagRequired(required) // fails only for a flag that is not there
	}
	return c
}

// ofRecomputing adds the exit code where the error has none of its own.
func ofRecomputing(err error) error {
	var coded *codedError
	if errors.As(err, &coded) {
		return err
	}
	return ofLog(err)
}

// recheck computes the status of a treaty from the bytes that a log covers, and
// compares it with what the server says.
func (w *watcher) recheck(ctx context.Context, tree tlog.Tree) error {
	export, err := w.get(ctx, "/v1/export")
	if err != nil {
		return ofLog(&publiclog.FetchError{Cause: err})
	}
	defer export.Close()
	ours, err := recompute(export, tree, w.status, w.asOf)
	if err != nil {
		return ofRecomputing(err)
	}
	q := url.Values{"asOf": {ours.Axes.AsOf.String()}, "knownAt": {strconv.FormatInt(tree.N, 10)}}
	answer, err := w.get(ctx, path("/v1/treaties/%s/status", string(ours.Treaty.ID))+"?"+q.Encode())
	if err != nil {
		return ofLog(&publiclog.FetchError{Cause: err})
	}
	defer answer.Close()
	var theirs projections.TreatyStatus
	if err := json.NewDecoder(io.LimitReader(answer, maxAnswer)).Decode(&theirs); err != nil {
		return ofLog(&publiclog.FetchError{Cause: err})
	}
	showStatus(w.app.out, ours)
	return ofLog(sameStatus(ours, theirs))
}

// maxAnswer bounds a status table, in bytes.
const maxAnswer = 16 << 20

// sameStatus returns a *publiclog.RewrittenError where a server says something else
// of a participant than what follows from the log.
func sameStatus(ours, theirs projections.TreatyStatus) error {
	said := make(map[domain.ParticipantID]projections.StatusRow)
	for _, row := range theirs.Rows {
		said[row.Participant] = row
	}
	for _, row := range ours.Rows {
		other := said[row.Participant]
		if other.Status != row.Status || other.Bound != row.Bound || other.Until != row.Until {
			return &publiclog.RewrittenError{Reason: fmt.Sprintf("the server says of %s: %s; from the log follows: %s", row.Name, spoken(other), spoken(row))}
		}
		delete(said, row.Participant)
	}
	for _, row := range said {
		return &publiclog.RewrittenError{Reason: fmt.Sprintf("the server says of %s: %s; the log has no act of it", row.Name, spoken(row))}
	}
	return nil
}

func spoken(r projections.StatusRow) string {
	if r.Status == "" {
		return "nothing"
	}
	text := string(r.Status)
	if !r.Bound.IsZero() {
		text += ", bound from " + r.Bound.String()
	}
	if !r.Until.IsZero() {
		text += ", until " + r.Until.String()
	}
	return text
}

// get asks for a document of the server, however long it is.
func (w *watcher) get(ctx context.Context, path string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json, application/x-ndjson")
	response, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close()
		return nil, fmt.Errorf("%s answered %s", request.URL.Redacted(), response.Status)
	}
	return response.Body, nil
}
