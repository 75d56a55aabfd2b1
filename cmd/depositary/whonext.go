package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections/whatif"
)

func (a *app) whoNextCommand() *cobra.Command {
	var x axes
	var receiving, edition, limit, related string
	c := &cobra.Command{Use: "who-next TREATY", Short: "Whose consent would meet the next threshold, or raise the share of migrants most",
		Example: "  depositary who-next ICMW --as-of 2003-03-13\n  depositary who-next ICMW --related C97,C143,C189 --limit 5\n  depositary who-next CTBT", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q := x.query()
			set(q, "receiving", receiving)
			set(q, "edition", edition)
			set(q, "limit", limit)
			set(q, "related", related)
			return answer(c.Context(), a, path("/v1/treaties/%s/who-next", args[0]), q, showWhoNext)
		}}
	x.flags(c)
	c.Flags().StringVar(&receiving, "receiving", "top20", "what a receiving country is")
	c.Flags().StringVar(&edition, "edition", "", "edition of the migrant stock (default the newest known)")
	c.Flags().StringVar(&limit, "limit", "10", "how many rows of gains at most")
	c.Flags().StringVar(&related, "related", "", "treaties to judge candidates by, separated by commas (default the parent and sibling treaties)")
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showWhoNext(w io.Writer, n whatif.WhoNext) {
	writeHead(w, n.Treaty, n.Axes)
	writeCounts(w, n.Treaty.Coverage, n.Counts)
	if n.Unknown != "" {
		paragraph(w, "\nWhat it waits for cannot be said: ", n.Unknown)
	} else if len(n.Thresholds) == 0 {
		fmt.Fprintln(w, "\nIt waits for nothing: every condition is met.")
	}
	for _, t := range n.Thresholds {
		showThreshold(w, t)
	}
	if n.Gap != nil {
		showNextGap(w, n.Gap)
	}
	fmt.Fprintln(w)
	paragraph(w, "Order:   ", n.Criteria.Rule)
	related := make([]string, len(n.Criteria.Related))
	for i, id := range n.Criteria.Related {
		related[i] = string(id)
	}
	paragraph(w, "Related: ", orDash(strings.Join(related, ", "))+" ("+n.Criteria.Chosen+")")
}

func showThreshold(w io.Writer, t whatif.NextThreshold) {
	fmt.Fprintln(w)
	title := t.What
	if t.Title != "" {
		title += ", " + t.Title
	}
	paragraph(w, "", withArticle(title+": "+t.Condition, t.Article)+"; required: "+t.Required)
	paragraph(w, "  ", t.Obstacle)
	showSet(w, "Smallest set", t.Smallest)
	if t.Smallest == nil || t.Likeliest == nil || names(t.Smallest) != names(t.Likeliest) {
		showSet(w, "Likeliest set", t.Likeliest)
	} else {
		fmt.Fprintln(w, "  It is the likeliest as well.")
	}
}

func names(s *whatif.NextSet) string {
	var all []string
	for _, c := range s.Participants {
		all = append(all, string(c.Participant))
	}
	return strings.Join(all, " ")
}

func showSet(w io.Writer, title string, s *whatif.NextSet) {
	if s == nil {
		return
	}
	text := fmt.Sprintf("%s: %d", title, s.Size)
	if s.Minimal {
		text += ", and no smaller one would do"
	}
	if !s.InForce.IsZero() {
		text += "; with it the condition is met on " + s.MetOn.String() + ", and the day is " + s.InForce.String()
	}
	paragraph(w, "  ", text)
	paragraph(w, "  ", s.Proof)
	g := newGrid("    PARTICIPANT", "STATUS", "BY", "SIGNED", "ADDS", "RELATED", "REGION")
	for _, c := range s.Participants {
		var adds []string
		for _, a := range c.Adds {
			adds = append(adds, amount(a.Amount, a.Unit))
		}
		g.row(append([]string{"    " + short(c.Name, nameWidth), statusOfCandidate(c), string(c.Action), orDash(c.Signed.String()), strings.Join(adds, ", ")}, criteriaOf(c)...)...)
	}
	g.write(w)
	if n := len(s.Alternatives); n > 1 {
		fmt.Fprintf(w, "    any one of %d candidates would do\n", n)
	}
}

func statusOfCandidate(c whatif.Candidate) string {
	if c.IntendsNot {
		return string(domain.Signatory) + ", intends not"
	}
	return string(c.Status)
}

func criteriaOf(c whatif.Candidate) []string {
	return []string{fmt.Sprintf("%d of %d", c.Related.Have, c.Related.Of), fmt.Sprintf("%d of %d", c.Region.Have, c.Region.Of)}
}

func showNextGap(w io.Writer, g *whatif.NextGap) {
	fmt.Fprintln(w)
	paragraph(w, "", fmt.Sprintf("%s %% of the world's migrants live in a State that is bound; %d of %d receiving countries are bound: %s",
		percent(g.CoveredShare), g.ReceivingBound, g.Receiving, g.Definition.Meaning))
	showStock(w, g.Stock)
	t := newGrid("WOULD ADD MOST", ">STOCK", ">GAIN", "RECEIVING", "STATUS", "SIGNED", "RELATED", "REGION")
	for _, r := range g.Rows {
		t.row(append([]string{short(r.Name, nameWidth), number(r.Stock), percent(r.Gain), yesOrDash(r.Receiving), statusOfCandidate(r.Candidate), orDash(r.Signed.String())}, criteriaOf(r.Candidate)...)...)
	}
	t.write(w)
}

func yesOrDash(is bool) string {
	if is {
		return "yes"
	}
	return "-"
}
