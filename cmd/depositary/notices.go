package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/projections/notices"
)

// noticePage is a page of notices as the server answers it.
type noticePage struct {
	Notices []notices.Notice `json:"notices"`
	Through notices.ID       `json:"through"`
	More    bool             `json:"more"`
}

func (a *app) noticesCommand() *cobra.Command {
	var kinds, participants, corridors, groups []string
	var after string
	var limit int
	var backfill bool
	c := &cobra.Command{Use: "notices [TREATY...]", Short: "What changed in law: what was recorded, and what took effect with each day",
		Example: "  depositary notices ICMW --kind 'participant.*,treaty.*'\n" +
			"  depositary notices ICMW --kind participant.bound --backfill\n" +
			"  depositary notices --group OECD --after 812.1 -o json",
		RunE: func(c *cobra.Command, args []string) error {
			q := (&axes{}).query()
			set(q, "treaty", strings.Join(args, ","))
			set(q, "kind", strings.Join(kinds, ","))
			set(q, "participant", strings.Join(participants, ","))
			set(q, "corridor", strings.Join(corridors, ","))
			set(q, "group", strings.Join(groups, ","))
			set(q, "after", after)
			q.Set("limit", fmt.Sprint(limit))
			if backfill {
				q.Set("backfill", "true")
			}
			return answer(c.Context(), a, "/v1/notices", q, showNotices)
		}}
	c.Flags().StringSliceVar(&kinds, "kind", nil, "kinds, or all of a subject as in 'participant.*'")
	c.Flags().StringSliceVar(&participants, "participant", nil, "about one of these participants")
	c.Flags().StringSliceVar(&corridors, "corridor", nil, "about one of the two ends of these corridors, such as MEX/USA")
	c.Flags().StringSliceVar(&groups, "group", nil, "about who belonged to one of these groups on the day of the change")
	c.Flags().StringVar(&after, "after", "", "behind this notice, or behind all of a position")
	c.Flags().IntVar(&limit, "limit", 100, "how many at most, up to 1000")
	c.Flags().BoolVar(&backfill, "backfill", false, "also history that the ledger began with, or that was recorded afterwards")
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showNotices(w io.Writer, page noticePage) {
	g := newGrid("NOTICE", "DATE", "KIND", "WHAT", "BASIS")
	for _, n := range page.Notices {
		g.row(n.ID.String(), n.Date.String(), string(n.Kind), n.Title, basis(n.Article))
	}
	if len(g.rows) == 0 {
		fmt.Fprintln(w, "No notices.")
	} else {
		g.write(w)
	}
	if page.More {
		fmt.Fprintf(w, "\nMore follows: --after %s\n", page.Through)
	}
}
