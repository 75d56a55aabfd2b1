package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"depositary/projections"
	"depositary/projections/notices"
)

func (a *app) changesCommand() *cobra.Command {
	flags := []struct{ name, parameter, usage string }{
		{"participant", "participant", "of one participant, by id, code or name (default the treaty and all participants)"},
		{"from", "from", "the legal day of the first side (default that of the second, or the day before it where nothing else differs)"},
		{"to", "to", "the legal day of the second side (default today)"},
		{"received-by", "receivedBy", "both sides of what the depositary had received by this day"},
		{"known-at", "knownAt", "both sides of what the ledger held by then: a position, an instant or a day"},
		{"from-received-by", "fromReceivedBy", "the same for the first side alone"},
		{"to-received-by", "toReceivedBy", "the same for the second side alone"},
		{"from-known-at", "fromKnownAt", "the same for the first side alone"},
		{"to-known-at", "toKnownAt", "the same for the second side alone"},
	}
	values := make([]string, len(flags))
	c := &cobra.Command{Use: "changes [TREATY]", Short: "What differs between two days, or between two moments of knowledge",
		Example: "  depositary changes ICMW --from 2003-06-30 --to 2003-07-01\n" +
			"  depositary changes --participant Montenegro --to 2006-07-01 --from-received-by 2006-07-01 --to-received-by 2006-12-31\n" +
			"  depositary changes ICMW --to 2020-01-01 --from-known-at 73 --to-known-at 74",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var x axes
			q := x.query()
			for i, f := range flags {
				set(q, f.parameter, values[i])
			}
			if len(args) > 0 {
				q.Set("treaty", args[0])
			}
			return answer(c.Context(), a, "/v1/changes", q, showDifferences)
		}}
	for i, f := range flags {
		c.Flags().StringVar(&values[i], f.name, "", f.usage)
	}
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showDifferences(w io.Writer, c notices.Changes) {
	fmt.Fprint(w, "from ")
	writeAxes(w, c.From)
	fmt.Fprint(w, "to   ")
	writeAxes(w, c.To)
	for _, t := range c.Treaties {
		paragraph(w, "", t.Short+": "+t.Coverage.Says)
	}
	if len(c.Changes) == 0 && slices.ContainsFunc(c.Treaties, func(t projections.MatrixHead) bool { return !t.Coverage.Complete }) {
		fmt.Fprintln(w, "\nNothing that is recorded differs.")
		return
	}
	writeChanges(w, c.Changes)
}

// writeChanges tells changes treaty by treaty, and those of a participant
// together: what it was, what it is, and the reason where it is another than
// that of the line before.
func writeChanges(w io.Writer, changes []notices.LegalChange) {
	if len(changes) == 0 {
		fmt.Fprintln(w, "\nNothing differs.")
		return
	}
	var treaty, name, why string
	for i, c := range changes {
		if i == 0 || string(c.Treaty) != treaty {
			treaty, name, why = string(c.Treaty), "", ""
			fmt.Fprintf(w, "\n%s (%s)\n", c.TreatyShort, c.Treaty)
		}
		if c.Name != name {
			name, why = c.Name, ""
			fmt.Fprintln(w, "  "+c.Name)
		}
		what := string(c.What)
		if c.Of != "" {
			what += " (" + c.Of + ")"
		}
		labelled(w, "  "+what, c.Before.Words+" → "+c.After.Words)
		if c.Why != "" && c.Why != why {
			why = c.Why
			labelled(w, "", "why: "+withRule(c.Why, c.Article))
		}
	}
	writeCauses(w, changes)
}

// withRule adds the article to a reason that does not name it: of the treaty by
// its number, of a convention on the law of treaties by its name.
func withRule(why, article string) string {
	switch {
	case article == "" || strings.Contains(why, article):
		return why
	case strings.HasPrefix(article, "VC") || strings.HasPrefix(article, "ST/") || strings.HasPrefix(article, "Guide"):
		return why + " [" + article + "]"
	}
	return withArticle(why, article)
}

// writeCauses lists the records between two moments once each.
func writeCauses(w io.Writer, changes []notices.LegalChange) {
	seen := make(map[string]bool)
	g := newGrid("RECORD", "", "ACT", "DATE", "RECEIVED", "REASON")
	for _, c := range changes {
		for _, r := range c.Because {
			if id := r.Record.String(); !seen[id] {
				seen[id] = true
				g.row(id, strings.TrimSpace(r.Op+" "+r.Target.String()), string(r.Action), r.Date.String(), r.Received.String(), short(r.Reason, 40))
			}
		}
	}
	if len(g.rows) > 0 {
		fmt.Fprintln(w, "\nBetween the two moments:")
		g.write(w)
	}
}
