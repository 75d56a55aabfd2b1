package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/projections"
	"depositary/projections/gap"
	"depositary/projections/model"
)

func (a *app) gapCommand() *cobra.Command {
	var x axes
	var receiving, year, edition string
	c := &cobra.Command{Use: "gap TREATY", Short: "Which receiving countries are bound, and what share of the world's migrants lives in States that are",
		Example: "  depositary gap ICMW --receiving top20 --as-of 2006-05-16\n  depositary gap ICMW --receiving GCC -o csv", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q := x.query()
			set(q, "receiving", receiving)
			set(q, "stockYear", year)
			set(q, "edition", edition)
			return answer(c.Context(), a, path("/v1/treaties/%s/gap", args[0]), q, showGap)
		}}
	c.Flags().StringVar(&receiving, "receiving", "top20", "what a receiving country is: top20 (any number), million, share10 (any number), high-income, or a group such as OECD")
	c.Flags().StringVar(&year, "stock-year", "", "year of the migrant stock (default the latest on or before the as-of day)")
	c.Flags().StringVar(&edition, "edition", "", "edition of the migrant stock (default the newest known)")
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showGap(w io.Writer, g gap.Gap) {
	writeHead(w, g.Treaty, g.Axes)
	fmt.Fprintln(w)
	facts := newGrid()
	unknown := g.ReceivingNotKnown > 0 || g.NotKnownShare > 0
	if !unknown || g.ReceivingBound > 0 {
		facts.row(fmt.Sprintf("%d of %d", g.ReceivingBound, g.Receiving), "receiving countries are bound: "+g.Definition.Meaning)
	} else {
		facts.row(fmt.Sprint(g.Receiving), "receiving countries: "+g.Definition.Meaning)
	}
	if g.ReceivingNotKnown > 0 {
		facts.row(fmt.Sprint(g.ReceivingNotKnown), "of them: whether they are bound is not known")
	}
	if !unknown || g.Covered > 0 {
		facts.row(percent(g.CoveredShare)+" %", fmt.Sprintf("of the world's migrants live in a State that is bound: %s of %s", number(g.Covered), number(g.Stock.World)))
	}
	if g.NotKnownShare > 0 {
		facts.row(percent(g.NotKnownShare)+" %", "live in a State of which it is not known whether it is bound")
	}
	if partial(g.Treaty.Coverage.Extent) {
		facts.row("at least", knownCounts(g.Counts))
	} else {
		facts.row(plural(g.Counts.Parties, "party", "parties"), fmt.Sprintf("%s, %s",
			plural(g.Counts.Signatories, "signatory", "signatories"), plural(g.Counts.Consents, "consent deposited", "consents deposited")))
	}
	facts.write(w)
	if g.Unknown != "" {
		paragraph(w, "Not known who is bound: ", g.Unknown)
	}
	fmt.Fprintln(w)
	showStock(w, g.Stock)
	showDefinition(w, g.Definition, g.Stock)
	fmt.Fprintln(w)
	showReceiving(w, g)
	showAwaiting(w, g)
	showRegions(w, g.Regions)
}

func showStock(w io.Writer, s gap.StockUsed) {
	paragraph(w, "Stock:   ", fmt.Sprintf("%s, edition %s, year %d (%s); world total %s %s", s.Name, s.Edition, s.Year, s.Chosen, number(s.World), s.Unit))
	paragraph(w, "Source:  ", attested(s.Attestation, s.Licence))
	paragraph(w, "Note:    ", s.Note)
}

// showDefinition names the source of a definition that has one of its own.
func showDefinition(w io.Writer, d gap.GapDefinition, s gap.StockUsed) {
	if d.Attestation != s.Attestation {
		paragraph(w, "Defined: ", d.Name+", "+d.Meaning+"; "+attested(d.Attestation, ""))
	}
	paragraph(w, "Note:    ", d.Note)
}

// attested says where a figure comes from, and how far it was checked.
func attested(a model.Attestation, licence string) string {
	parts := []string{a.Source}
	if licence != "" {
		parts = append(parts, licence)
	}
	if a.Verification != "" {
		parts = append(parts, a.Verification)
	}
	return strings.Join(parts, "; ")
}

func showReceiving(w io.Writer, g gap.Gap) {
	t := newGrid(">RANK", "RECEIVING COUNTRY", ">STOCK", ">SHARE %", "STATUS", "SINCE", ">GAIN")
	for _, r := range g.Rows {
		gain := "-"
		if !r.Bound || len(r.LimitedTo) > 0 {
			gain = percent(r.Gain)
		}
		t.row(fmt.Sprint(r.Rank), short(r.Name, nameWidth), number(r.Stock), percent(r.Share), projections.StatusWord(r.Status, false, r.Provisional, false), orDash(r.Since.String()), gain)
	}
	t.write(w)
	for _, r := range g.Rows {
		if marks := r.Marks(); marks != "" {
			paragraph(w, "", r.Name+": "+marks)
		}
	}
	fmt.Fprintln(w, "Rank is by stock among all countries and areas; gain is the points that a country's being bound would add to the share covered.")
	if len(g.NotInTheTable) > 0 {
		paragraph(w, "The stock has no value for: ", strings.Join(g.NotInTheTable, ", "))
	}
}

func showAwaiting(w io.Writer, g gap.Gap) {
	rows := g.Awaiting
	if len(rows) == 0 && partial(g.Treaty.Coverage.Extent) {
		return
	}
	fmt.Fprintln(w)
	if len(rows) == 0 {
		fmt.Fprintln(w, "No signatory has still to consent.")
		return
	}
	fmt.Fprintln(w, "Signed and not consented, longest first:")
	t := newGrid("SIGNATORY", "SIGNED", ">YEARS", ">GAIN", "")
	for _, r := range rows {
		note := ""
		if r.IntendsNot {
			note = "intends not to become a party"
		}
		t.row(short(r.Name, nameWidth), r.Signed.String(), fmt.Sprint(r.Years), percent(r.Gain), note)
	}
	t.write(w)
}

func showRegions(w io.Writer, rows []gap.RegionRow) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintln(w, "\nStates of the regional groups of the United Nations:")
	t := newGrid("REGION", ">PARTY", ">CONTRACTING", ">SIGNATORY", ">NONE", ">NOT KNOWN")
	for _, r := range rows {
		known := func(n int) string {
			if n == 0 && r.NotKnown > 0 {
				return "-"
			}
			return fmt.Sprint(n)
		}
		t.row(r.Name, known(r.Party), known(r.Consent), known(r.Signatory), known(r.None), orDash(strings.TrimPrefix(fmt.Sprint(r.NotKnown), "0")))
	}
	t.write(w)
}
