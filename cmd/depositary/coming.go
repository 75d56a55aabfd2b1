package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/notices"
)

// comingPage is what is to come, as the server answers it.
type comingPage struct {
	On      domain.Date            `json:"on"`
	KnownAt uint64                 `json:"knownAt"`
	Coming  []notices.UpcomingDate `json:"coming"`
	Total   int                    `json:"total"`

	Treaties []projections.MatrixHead `json:"treaties"`
}

func (a *app) comingCommand() *cobra.Command {
	var treaties, participants, groups []string
	var on, until string
	var limit int
	c := &cobra.Command{Use: "coming", Short: "What is to come: legal days that are known before they come", Args: cobra.NoArgs,
		Example: "  depositary coming --treaty ICMW --on 2003-04-01\n" +
			"  depositary coming --group OECD --until 2027-12-31 -o json",
		RunE: func(c *cobra.Command, _ []string) error {
			q := (&axes{}).query()
			set(q, "treaty", strings.Join(treaties, ","))
			set(q, "participant", strings.Join(participants, ","))
			set(q, "group", strings.Join(groups, ","))
			set(q, "on", on)
			set(q, "until", until)
			q.Set("limit", fmt.Sprint(limit))
			return answer(c.Context(), a, "/v1/coming", q, showComing)
		}}
	c.Flags().StringSliceVar(&treaties, "treaty", nil, "of these treaties")
	c.Flags().StringSliceVar(&participants, "participant", nil, "about one of these participants")
	c.Flags().StringSliceVar(&groups, "group", nil, "about who belongs to one of these groups on the day that comes")
	c.Flags().StringVar(&on, "on", "", "the day after which to look, of what had been received by then (default today)")
	c.Flags().StringVar(&until, "until", "", "the last day to look at (default however far)")
	c.Flags().IntVar(&limit, "limit", 1000, "how many at most, the nearest, up to 10000")
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showComing(w io.Writer, page comingPage) {
	fmt.Fprintf(w, "after %s, known at position %d\n", page.On, page.KnownAt)
	for _, t := range page.Treaties {
		paragraph(w, "", t.Short+": "+t.Coverage.Says)
	}
	g := newGrid("DATE", "WHAT", "BASIS", "RECORD")
	for _, d := range page.Coming {
		g.row(d.Date.String(), d.Title, basis(d.Article), orDash(d.Record.String()))
	}
	if len(g.rows) == 0 {
		fmt.Fprintln(w, "Nothing is known to come.")
		return
	}
	g.write(w)
	if more := page.Total - len(page.Coming); more > 0 {
		fmt.Fprintf(w, "\n%d more: --limit\n", more)
	}
}

// basis names an article of the treaty as such; others say themselves whose
// they are.
func basis(article string) string {
	if article != "" && article[0] >= '0' && article[0] <= '9' {
		return "article " + article
	}
	return article
}
