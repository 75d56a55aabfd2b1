package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"depositary/projections"
	"depositary/projections/model"
)

func (a *app) actionCommand() *cobra.Command {
	return family("action", "Acts and their records", a.actionShowCommand())
}

func (a *app) actionShowCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "show RECORD", Short: "An act with its record, corrections and annulments", Args: cobra.ExactArgs(1),
		Example: "  depositary action show 69.1",
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path("/v1/actions/%s", args[0]), x.query(), showAction)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON)
	return c
}

func showAction(w io.Writer, d projections.RecordDetail) {
	fmt.Fprintf(w, "Record %s: %s and %s\n", d.Record, d.Name, d.Treaty)
	if d.Standing && d.Current != nil {
		fmt.Fprintln(w, "\nThe act as it stands:")
		showAct(w, d.Current)
	} else {
		fmt.Fprintln(w, "\nThe act does not stand: it was annulled.")
	}
	if len(d.Envelope) > 0 {
		fmt.Fprintln(w, "\nThe deposit, which moves as a whole:")
		g := newGrid()
		for _, a := range d.Envelope {
			g.row("  "+a.Record.String(), string(a.Kind), a.Date.String(), strings.Join(slices.Concat(a.Excludes, a.Accepts, a.Territories), "; "))
		}
		g.write(w)
	}
	fmt.Fprintln(w, "\nVersions, in the order of the ledger:")
	for _, v := range d.Versions {
		op := v.Op
		if !v.Target.IsZero() {
			op += " " + v.Target.String()
		}
		fmt.Fprintf(w, "%s  %s  by %s on %s (position %d, hash %s)\n", v.ID, op, v.Actor, v.Recorded.UTC().Format("2006-01-02 15:04:05 UTC"), v.Position, v.Hash.Short())
		paragraph(w, "  reason: ", v.Reason)
		if len(v.Answered) > 0 {
			paragraph(w, "  passed: ", fmt.Sprint(v.Answered))
		}
		if v.Action != nil {
			showAct(w, v.Action)
		}
	}
}

// showAct shows every field of an act that is set.
func showAct(w io.Writer, a *model.Action) {
	g := newGrid()
	field := func(name, value string) {
		if value != "" {
			g.row("  "+name, value)
		}
	}
	field("act", string(a.Kind))
	field("date", a.Date.String())
	field("document", a.Document.String())
	field("received", a.Received.String())
	field("effect", a.Effect.String())
	field("notified", a.Notified.String())
	field("notification", a.Notification)
	field("excludes", strings.Join(a.Excludes, "; "))
	field("accepts", strings.Join(a.Accepts, "; "))
	field("territories", strings.Join(a.Territories, "; "))
	field("depositary", a.Depositary)
	field("by law", string(a.ByLaw))
	for _, doc := range a.Documents {
		field("attached", fmt.Sprintf("%s, %s, %d bytes, SHA-256 %s", doc.Name, doc.Type, doc.Size, doc.Digest))
	}
	if p := a.Provenance; p != nil {
		field("source", p.Source)
		field("verification", p.Verification)
		if p.File != "" {
			field("from", fmt.Sprintf("%s, line %d", p.File, p.Row))
		}
	}
	g.write(w)
	paragraph(w, "  note: ", a.Note)
	if s := a.Statement; s != nil {
		showStatement(w, s)
	}
}

func showStatement(w io.Writer, s *model.Statement) {
	paragraph(w, "  text: ", s.Text)
	paragraph(w, "  concerns article: ", strings.Join(s.Articles, ", "))
	paragraph(w, "  answers record: ", s.Target.String())
	paragraph(w, "  last day: ", s.Until.String())
	if s.Precluding {
		fmt.Fprintln(w, "  precludes entry into force between the two (VCLT 20(4)(b))")
	}
}
