package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/wording"
)

func (a *app) coverageCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "coverage [TREATY]", Short: "Which acts of a treaty are recorded, until when, and from which sources",
		Long: "Shows which acts of every treaty are recorded, or of one with the sources that say so. RECORDED and PUBLISHED compare the consents that\n" +
			"stood on the table's day with the parties that the table itself publishes.",
		Example: "  depositary coverage\n  depositary coverage ICMW\n  depositary coverage -o csv", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return answer(c.Context(), a, "/v1/coverage", x.query(), showCoverageTable)
			}
			if a.form == formCSV {
				return &usageError{wrongf("the coverage of one treaty has no CSV: -o table or json expected, or no treaty"), c.CommandPath()}
			}
			return answer(c.Context(), a, path("/v1/treaties/%s/coverage", args[0]), x.query(), showTreatyCoverage)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	c.AddCommand(a.coverageStateCommand())
	return c
}

func showCoverageTable(w io.Writer, t projections.CoverageTable) {
	writeAxes(w, t.Axes)
	g := newGrid("TREATY", "EXTENT", "AS AT", ">ACTS", ">STATEMENTS", ">RECORDED", ">PUBLISHED", "MISSING")
	for _, r := range t.Rows {
		c := r.Treaty.Coverage
		acts, statements := recordedCounts(r)
		g.row(r.Treaty.Short, string(c.Extent), orDash(coverageDay(c)), acts, statements, countOrDash(r.Recorded), countOrDash(r.Published), short(c.Missing, 48))
	}
	g.write(w)
}

// recordedCounts are how many acts and statements are recorded; a dash each
// where none is, lest nothing recorded be read as nothing done.
func recordedCounts(r projections.TreatyCoverage) (acts, statements string) {
	return counted(r.Treaty.Coverage.Extent, r.Acts), counted(r.Treaty.Coverage.Extent, r.Statements)
}

// coverageDay is the last day of a table, or the first of a continuous record.
func coverageDay(c projections.Coverage) string {
	if c.Extent == domain.ExtentContinuous {
		return strings.TrimSpace("since " + c.Since.String())
	}
	return c.AsAt.String()
}

func countOrDash(n *int) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}

func showTreatyCoverage(w io.Writer, t projections.TreatyCoverage) {
	paragraph(w, "", fmt.Sprintf("%s (%s)  %s", t.Treaty.Short, t.Treaty.ID, t.Treaty.Title))
	writeCoverage(w, t.Treaty.Coverage)
	if t.Treaty.Coverage.Extent != domain.ExtentNone {
		recorded := plural(t.Acts, "act", "acts")
		if t.Statements > 0 {
			recorded += ", " + plural(t.Statements, "statement", "statements")
		}
		fmt.Fprintf(w, "Recorded: %s\n", recorded)
	}
	if t.Recorded != nil && t.Published != nil {
		fmt.Fprintf(w, "On the table's day: %s recorded, %s published by the table\n", plural(*t.Recorded, "consent", "consents"), plural(*t.Published, "party", "parties"))
	}
	if len(t.Sources) == 0 {
		return
	}
	fmt.Fprintln(w)
	g := newGrid("RECORD", "EXTENT", "AS AT", "WHOSE ACTS", ">SIGNATORIES", ">PARTIES", "SOURCE", "VERIFICATION")
	for _, s := range t.Sources {
		g.row(s.Record.String(), string(s.Extent), orDash(s.AsAt.String()), short(cmp.Or(wording.Join(s.Participants, ", "), "all"), 24), countOrDash(s.Signatories), countOrDash(s.Parties),
			short(cmp.Or(s.Source, "the depositary itself"), nameWidth), short(s.Verification, nameWidth))
	}
	g.write(w)
}
