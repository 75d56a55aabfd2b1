package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/projections/corridors"
)

func (a *app) corridorsCommand() *cobra.Command {
	var x axes
	var year, edition, limit, ratify string
	c := &cobra.Command{Use: "corridors TREATY [ORIGIN [DESTINATION]]", Short: "For how many people a treaty is in force where they live and where they come from",
		Long: "For how many people a treaty is in force where they live and where they come from, in one of the two, or in neither.\n\n" +
			"With an origin: where its people live, and whose consent would cover most of them. With a destination too: the treaties at both ends; TREATY may then be several, with commas, or all.",
		Example: "  depositary corridors ICMW --as-of 2006-05-16\n  depositary corridors ICMW Mexico\n  depositary corridors ICMW Mexico --ratify USA,Canada\n  depositary corridors all Bolivia Argentina",
		Args:    cobra.RangeArgs(1, 3),
		RunE: func(c *cobra.Command, args []string) error {
			q := x.query()
			set(q, "year", year)
			set(q, "edition", edition)
			if len(args) == 3 {
				if args[0] != "all" {
					q = withTreaties(q, []string{args[0]})
				}
				return answer(c.Context(), a, path("/v1/corridors/%s/%s", args[1], args[2]), q, showPair)
			}
			set(q, "limit", limit)
			set(q, "ratify", ratify)
			if len(args) == 2 {
				return answer(c.Context(), a, path("/v1/treaties/%s/corridors/%s", args...), q, showOriginCorridors)
			}
			return answer(c.Context(), a, path("/v1/treaties/%s/corridors", args[0]), q, showCorridors)
		}}
	c.Flags().StringVar(&year, "year", "", "year of the estimate (default the latest on or before the as-of day)")
	c.Flags().StringVar(&edition, "edition", "", "edition of the table (default the newest held)")
	c.Flags().StringVar(&limit, "limit", "", "how many of the largest corridors (default 100), or of the destinations whose consent would cover most (default 10)")
	c.Flags().StringVar(&ratify, "ratify", "", "participants that are supposed to consent, with commas")
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showCorridors(w io.Writer, c corridors.Corridors) {
	writeHead(w, c.Treaty, c.Axes)
	fmt.Fprintln(w)
	showShares(w, c.Shares, "people")
	if c.Unknown != "" {
		paragraph(w, "Nobody can be said to be bound: ", c.Unknown)
	}
	paragraph(w, "Of them ", fmt.Sprintf("%s (%s %%) have one end of their way in an area that is not a participant", whole(c.NoParticipant.People), percent(c.NoParticipant.Share)))
	fmt.Fprintln(w)
	showCorridorTable(w, c.Table)
	showSupposed(w, c.Supposed)
	fmt.Fprintln(w)
	t := newGrid(">RANK", "FROM", "TO", ">PEOPLE", ">SHARE %", "IN FORCE IN", "STATUS FROM", "STATUS TO")
	for _, r := range c.Largest {
		t.row(fmt.Sprint(r.Rank), starred(r.Origin), starred(r.Destination), whole(r.People), portion(r.People, r.Share), string(r.Force), string(r.Origin.Status), string(r.Destination.Status))
	}
	t.write(w)
}

// portion writes the share that people are: one too small to be written is no zero.
func portion(people uint64, share float64) string {
	if text := percent(share); people == 0 || text != percent(0) {
		return text
	}
	return "<0.01"
}

// whole writes a number of people.
func whole(n uint64) string { return number(float64(n)) }

// starred marks a country or area to which the source has a footnote.
func starred(e corridors.CorridorEnd) string {
	name := short(e.Name, nameWidth-1)
	if e.Footnote {
		name += "*"
	}
	return name
}

func showShares(w io.Writer, s corridors.CorridorShares, whom string) {
	words := map[corridors.Force]string{corridors.Both: "in force in destination and origin", corridors.Destination: "in force in the destination only",
		corridors.Origin: "in force in the origin only", corridors.Neither: "in force in neither", corridors.NotKnown: "whether it is in force is not known"}
	facts := newGrid()
	for _, f := range corridors.Forces() {
		if part := s.Part(f); part.People > 0 || f != corridors.NotKnown && s.NotKnown.People == 0 {
			facts.row(portion(part.People, part.Share)+" %", words[f], fmt.Sprintf("%s %s, %s", whole(part.People), whom, plural(part.Pairs, "corridor", "corridors")))
		}
	}
	facts.write(w)
}

func showCorridorTable(w io.Writer, t corridors.CorridorTable) {
	paragraph(w, "Table:   ", fmt.Sprintf("%s, edition %s, year %d (%s)", t.Name, t.Edition, t.Year, t.Chosen))
	paragraph(w, "Shares:  ", fmt.Sprintf("of %s people whose destination and origin are both known; %s of the world total of %s (%s %%) are left out, as their origin is not known",
		whole(t.Known), whole(t.LeftOut), whole(t.World), percent(t.LeftOutShare)))
	parts := []string{t.Source, t.Licence, t.Verification}
	paragraph(w, "Source:  ", strings.Join(parts, "; "))
	paragraph(w, "Note:    ", t.Note+"; * the source has a footnote on this country or area")
}

func showSupposed(w io.Writer, h *corridors.CorridorsHypothesis) {
	if h == nil {
		return
	}
	var ids []string
	for _, id := range h.Participants {
		ids = append(ids, string(id))
	}
	fmt.Fprintln(w)
	paragraph(w, "", fmt.Sprintf("If %s consented, it would be in force from %s on (nothing of this was recorded):", strings.Join(ids, ", "), h.Settled))
	t := newGrid("IN FORCE IN", ">BEFORE %", ">AFTER %")
	known := func(s corridors.CorridorShares, f corridors.Force) string {
		if part := s.Part(f); part.People > 0 || s.NotKnown.People == 0 {
			return portion(part.People, part.Share)
		}
		return "-"
	}
	for _, f := range corridors.Forces() {
		t.row(string(f), known(h.Before, f), known(h.After, f))
	}
	t.write(w)
}

func showOriginCorridors(w io.Writer, o corridors.OriginCorridors) {
	writeHead(w, o.Treaty, o.Axes)
	fmt.Fprintf(w, "%s (%s): %s; %s people from there live abroad\n\n", o.Origin.Name, o.Origin.ID, o.Origin.Status, whole(o.People))
	showShares(w, o.Shares, "of them")
	fmt.Fprintln(w)
	showCorridorTable(w, o.Table)
	showSupposed(w, o.Supposed)
	if len(o.Next) > 0 {
		fmt.Fprintln(w, "\nWhose consent would cover most of them:")
		t := newGrid("DESTINATION", ">PEOPLE", ">GAIN %", ">TOGETHER %", "STATUS", "SIGNED")
		for _, n := range o.Next {
			t.row(starred(n.Destination), whole(n.People), percent(n.Gain), percent(n.Together), string(n.Destination.Status), orDash(n.Signed.String()))
		}
		t.write(w)
	}
	fmt.Fprintln(w)
	t := newGrid(">RANK", "DESTINATION", ">PEOPLE", ">SHARE %", "STATUS", "SINCE", "IN FORCE IN")
	for _, r := range o.Rows {
		t.row(fmt.Sprint(r.Rank), starred(r.Destination), whole(r.People), portion(r.People, r.Share), string(r.Destination.Status), orDash(r.Destination.Since.String()), string(r.Force))
	}
	t.write(w)
}

func showPair(w io.Writer, p corridors.Pair) {
	fmt.Fprintf(w, "%s (%s) to %s (%s): %s people; the other way %s\n", p.Origin.Name, p.Origin.ID, p.Destination.Name, p.Destination.ID, whole(p.People), whole(p.Opposite))
	writeAxes(w, p.Axes)
	fmt.Fprintln(w)
	showCorridorTable(w, p.Table)
	switch {
	case p.NotKnown == 0:
		fmt.Fprintf(w, "\n%s in force at both ends\n", plural(p.Both, "treaty is", "treaties are"))
	case p.Both > 0:
		fmt.Fprintf(w, "\nAt least %s in force at both ends; of %s it is not known\n", plural(p.Both, "treaty is", "treaties are"), plural(p.NotKnown, "treaty", "treaties"))
	default:
		fmt.Fprintf(w, "\nOf %s it is not known where they are in force\n", plural(p.NotKnown, "treaty", "treaties"))
	}
	t := newGrid("TREATY", "ACTS AS AT", "IN FORCE IN", "STATUS FROM", "STATUS TO", "BETWEEN THEM", "PROVISIONS")
	for _, r := range p.Treaties {
		between, provisions := "-", "-"
		if r.Relation != nil {
			between, provisions = yesNo(r.Relation.InForce), orDash(provisionsOf(r.Relation.Effects))
		}
		t.row(r.Treaty.Short, recordedUntil(r.Treaty.Coverage), string(r.Force), string(r.Origin.Status), string(r.Destination.Status), between, short(provisions, 40))
	}
	t.write(w)
	fmt.Fprintln(w)
	years := newGrid(">YEAR", ">PEOPLE", ">THE OTHER WAY")
	for _, y := range p.Years {
		years.row(fmt.Sprint(y.Year), whole(y.People), whole(y.Opposite))
	}
	years.write(w)
}
