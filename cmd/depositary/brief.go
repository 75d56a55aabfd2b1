package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections/brief"
)

func (a *app) briefCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "brief PARTICIPANT", Short: "One sheet: what a participant has joined, signed and not joined, beside its region", Args: cobra.ExactArgs(1),
		Long: "Shows what binds a participant, what it has signed and not ratified and for how long, what it has not joined and how many States of its region have,\n" +
			"and the migrants who live there and come from there. The page /en/brief/PARTICIPANT is the same sheet to print.",
		Example: "  depositary brief Germany\n  depositary brief MEX --as-of 2006-05-16 -o csv",
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path("/v1/participants/%s/brief", args[0]), x.query(), showBrief)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showBrief(w io.Writer, b brief.Brief) {
	fmt.Fprintf(w, "%s (%s)\n", b.Name, b.Participant)
	writeAxes(w, b.Axes)
	if r := b.Residents; r != nil {
		fmt.Fprintf(w, "%s migrants live there, %s %% of the world's (%s, edition %s, year %d)\n", number(float64(r.Number)), percent(r.Share), r.Stock.Source, r.Stock.Edition, r.Stock.Year)
	}
	if o := b.Abroad; o != nil {
		fmt.Fprintf(w, "%s people from there live abroad (edition %s, year %d)\n", number(float64(o.Number)), o.Table.Edition, o.Table.Year)
	}
	if n := len(b.NotKnown); n > 0 {
		fmt.Fprintf(w, "Of %s it is not known what it has done (-o json names them)\n", plural(n, "treaty", "treaties"))
	}
	showSigned(w, "SIGNED, NOT RATIFIED", b.Signed)
	showSigned(w, strings.ToUpper(string(domain.SignedAtLeast)), b.AtLeast)
	showNotJoined(w, b)
	showJoined(w, b.Joined)
	if len(b.Left) > 0 {
		g := newGrid("LEFT", "STATUS", "UNTIL")
		for _, l := range b.Left {
			g.row(l.Short, string(l.Status), orDash(l.Until.String()))
		}
		fmt.Fprintln(w)
		g.write(w)
	}
}

func showSigned(w io.Writer, what string, signed []brief.Signed) {
	if len(signed) == 0 {
		return
	}
	g := newGrid(what, "SIGNED", ">YEARS", "ACTS AS AT")
	for _, s := range signed {
		g.row(s.Short, s.Signature.Date.String(), fmt.Sprint(s.Years), orDash(s.AsAt.String()))
	}
	fmt.Fprintln(w)
	g.write(w)
}

func showNotJoined(w io.Writer, b brief.Brief) {
	if len(b.NotJoined) == 0 {
		return
	}
	g := newGrid("NOT JOINED", ">PARTIES", ">OF ITS REGION", "ACTS AS AT")
	for _, n := range b.NotJoined {
		region := "-"
		if b.Region != nil {
			region = fmt.Sprintf("%d of %d", n.RegionParties, b.Region.States)
		}
		g.row(n.Short, fmt.Sprint(n.Parties), region, orDash(n.AsAt.String()))
	}
	fmt.Fprintln(w)
	g.write(w)
}

func showJoined(w io.Writer, joined []brief.Joined) {
	if len(joined) == 0 {
		return
	}
	g := newGrid("JOINED", "CONSENT", "DATE", "BOUND", ">RESERVATIONS", "ACTS AS AT")
	for _, j := range joined {
		g.row(j.Short, string(j.Consent.Action), j.Consent.Date.String(), orDash(j.Bound.String()), fmt.Sprint(j.Reservations), orDash(j.AsAt.String()))
	}
	fmt.Fprintln(w)
	g.write(w)
}
