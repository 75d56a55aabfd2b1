package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"depositary/projections"
	"depositary/projections/model"
)

func (a *app) ledgerCommand() *cobra.Command {
	var treaty, participant, after, limit string
	var latest bool
	c := &cobra.Command{Use: "ledger", Short: "The ledger, commit by commit", Args: cobra.NoArgs,
		Example: "  depositary ledger --treaty ICMW\n  depositary ledger --latest --limit 10",
		RunE: func(c *cobra.Command, _ []string) error {
			q := url.Values{}
			set(q, "treaty", treaty)
			set(q, "participant", participant)
			set(q, "cursor", after)
			set(q, "limit", limit)
			if latest {
				q.Set("order", "desc")
			}
			return answer(c.Context(), a, "/v1/ledger", q, showLedger)
		}}
	c.Flags().StringVar(&treaty, "treaty", "", "only commits about this treaty")
	c.Flags().StringVar(&participant, "participant", "", "only commits about this participant")
	c.Flags().StringVar(&after, "after", "", "begin after this position (with --latest: before it)")
	c.Flags().StringVar(&limit, "limit", "", "how many commits at most, up to 1000 (default 100)")
	c.Flags().BoolVar(&latest, "latest", false, "the newest first")
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showLedger(w io.Writer, page projections.LedgerPage) {
	g := newGrid(">POSITION", "RECORDED (UTC)", "HASH", "ACTOR", "TREATY", "PARTICIPANT", ">EVENTS", "WHAT")
	for _, c := range page.Commits {
		g.row(fmt.Sprint(c.Position), c.Recorded.UTC().Format("2006-01-02 15:04:05"), c.Hash.Short(), short(strings.Join(c.Actors(), ", "), 20), c.Treaty, c.Participant,
			fmt.Sprint(len(c.Events)), short(summary(c), 44))
	}
	g.write(w)
	fmt.Fprintf(w, "The ledger ends at position %d.\n", page.Last)
	if page.Next != "" {
		fmt.Fprintf(w, "More follows: --after %s\n", page.Next)
	}
}

// summary says in a few words what the events of a commit are.
func summary(c projections.CommitView) string {
	var words []string
	for _, e := range c.Events {
		var event struct {
			Type   string        `json:"type"`
			Action *model.Action `json:"action"`
		}
		if json.Unmarshal(e.Event, &event) != nil {
			continue
		}
		word := event.Type
		if event.Action != nil {
			word = strings.TrimSpace(string(event.Action.Kind) + " " + event.Action.Date.String())
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}
