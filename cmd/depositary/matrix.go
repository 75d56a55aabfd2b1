package main

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
)

func (a *app) matrixCommand() *cobra.Command {
	var x axes
	var group, show, receiving, edition string
	c := &cobra.Command{Use: "matrix [TREATY…]", Short: "Participants and treaties; who has not consented, and who has signed and not ratified",
		Example: "  depositary matrix ICMW C97 C143 C189\n  depositary matrix ICMW --group EU --show gaps\n  depositary matrix ICMW C97 C143 --receiving top20 --as-of 2006-05-16\n  depositary matrix ICMW C189 --group OECD,G20 --show signed",
		RunE: func(c *cobra.Command, args []string) error {
			q := x.query()
			set(q, "group", group)
			set(q, "show", show)
			set(q, "receiving", receiving)
			set(q, "edition", edition)
			if len(args) > 0 {
				q = withTreaties(q, args)
			}
			return answer(c.Context(), a, "/v1/matrix", q, showMatrix)
		}}
	c.Flags().StringVar(&group, "group", "", "only who belongs to one of these groups on the day, with commas, such as OECD,EU; also who has done nothing")
	c.Flags().StringVar(&show, "show", "", "gaps: who could consent and has not; signed: who has signed and not consented")
	c.Flags().StringVar(&receiving, "receiving", "", "only the receiving countries, as in the gap: top20, million, share10, high-income or a group")
	c.Flags().StringVar(&edition, "edition", "", "edition of the migrant stock by which they are found (default the newest known)")
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func withTreaties(q url.Values, treaties []string) url.Values {
	q.Set("treaties", strings.Join(treaties, ","))
	return q
}

// statusLetters are what a cell of the matrix shows.
var statusLetters = map[domain.Status]string{domain.NoAction: ".", domain.Signatory: "S", domain.Contracting: "C", domain.Party: "P",
	domain.WithdrawalNotified: "W", domain.FormerParty: "F", domain.Extinct: "X", projections.SignatoryOnly: "s", domain.NotKnown: "?", domain.SignedAtLeast: "S?"}

const matrixNameWidth = 30

// showMatrix shows as many treaties side by side as fit, and then the others.
func showMatrix(w io.Writer, m struct {
	projections.Matrix
	Receiving *gap.Receiving `json:"receiving"`
}) {
	writeAxes(w, m.Axes)
	if r := m.Receiving; r != nil {
		paragraph(w, "Receiving countries: ", fmt.Sprintf("%s (migrant stock, edition %s, %d)", r.Definition.Meaning, r.Stock.Edition, r.Stock.Year))
		if len(r.LeftOut) > 0 {
			paragraph(w, "Left out, as no participant: ", strings.Join(r.LeftOut, "; "))
		}
	}
	if len(m.Rows) > 0 || anyKnown(m.Treaties) {
		fmt.Fprintf(w, "%d of %s\n", len(m.Rows), plural(m.Of, "participant", "participants"))
	}
	if len(m.NotKnown) > 0 {
		paragraph(w, "No act is recorded, and who has not consented is not known: ", shortNames(m.NotKnown))
	}
	paragraph(w, "", lettersUsed(m.Matrix))
	for _, t := range m.Treaties {
		paragraph(w, "", t.Short+": "+t.Coverage.Says)
	}
	for from := 0; from < len(m.Treaties); {
		to, width := from, matrixNameWidth
		for to < len(m.Treaties) && (to == from || width+2+utf8.RuneCountInString(m.Treaties[to].Short) <= textWidth(w)) {
			width += 2 + utf8.RuneCountInString(m.Treaties[to].Short)
			to++
		}
		fmt.Fprintln(w)
		showMatrixPart(w, m.Matrix, from, to)
		from = to
	}
}

// anyKnown reports whether of at least one treaty every act is recorded, at least as
// at an earlier day: only then is it known that there is nobody.
func anyKnown(treaties []projections.MatrixHead) bool {
	return slices.ContainsFunc(treaties, func(t projections.MatrixHead) bool { return !partial(t.Coverage.Extent) })
}

// letterMeanings say what the letters of a matrix mean, in the order in which they
// are explained.
var letterMeanings = []struct{ letter, meaning string }{{"P", "party"}, {"S", "signatory"}, {"C", "contracting (consent deposited, not yet in force)"}, {"W", "withdrawal notified"},
	{"F", "former party"}, {"X", "extinct"}, {"s", "signatory that intends not to become a party"}, {".", "nothing done"}, {"S?", string(domain.SignedAtLeast)}, {"?", "not known"}}

// lettersUsed explains the letters that a matrix uses.
func lettersUsed(m projections.Matrix) string {
	used := make(map[string]bool)
	for _, r := range m.Rows {
		for _, cell := range r.Cells {
			used[letterOf(m, cell)] = true
		}
	}
	var parts []string
	for _, l := range letterMeanings {
		if used[l.letter] {
			parts = append(parts, l.letter+" "+l.meaning)
		}
	}
	return strings.Join(parts, ", ")
}

// letterOf returns the letter of a cell.
func letterOf(m projections.Matrix, cell int) string {
	if cell >= 0 && cell < len(m.Statuses) {
		return statusLetters[domain.Status(m.Statuses[cell])]
	}
	return statusLetters[domain.NotKnown]
}

func shortNames(treaties []projections.MatrixHead) string {
	var all []string
	for _, t := range treaties {
		all = append(all, t.Short)
	}
	return strings.Join(all, ", ")
}

func showMatrixPart(w io.Writer, m projections.Matrix, from, to int) {
	heads := []string{"PARTICIPANT"}
	for _, t := range m.Treaties[from:to] {
		heads = append(heads, t.Short)
	}
	g := newGrid(heads...)
	for _, r := range m.Rows {
		cells := []string{short(r.Name, matrixNameWidth)}
		for _, cell := range r.Cells[from:to] {
			cells = append(cells, letterOf(m, cell))
		}
		g.row(cells...)
	}
	g.write(w)
}
