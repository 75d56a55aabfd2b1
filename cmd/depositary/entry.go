package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/projections"
	"depositary/projections/model"
)

func (a *app) entryCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "entry TREATY", Short: "Whether and when a treaty enters into force, and why",
		Example: "  depositary entry ICMW --as-of 2003-03-14 --received-by 2003-03-14", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path("/v1/treaties/%s/entry-into-force", args[0]), x.query(), showEntry)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showEntry(w io.Writer, e projections.EntryIntoForce) {
	writeHead(w, e.Treaty, e.Axes)
	writeCounts(w, e.Treaty.Coverage, e.Counts)
	writeEntryLine(w, e.Entry)
	fmt.Fprintln(w)
	paragraph(w, "Condition: ", withArticle(e.Entry.Condition, e.Entry.Article))
	showTerms(w, e.Entry.Terms)
	if s := e.Entry.Stated; s != nil {
		paragraph(w, "Published: ", s.InForce.String()+"; "+attested(s.Attestation, ""))
	}
	showSteps(w, e.Entry.Steps)
	showCounted(w, e.Entry)
	for _, p := range e.Procedures {
		showProcedure(w, p)
	}
}

func withArticle(text, article string) string {
	if text != "" && article != "" {
		text += " [article " + article + "]"
	}
	return text
}

func showTerms(w io.Writer, terms []model.Term) {
	t := newGrid("TERM", ">HAS", ">NEEDS", "", "MET")
	for _, term := range terms {
		met := "no"
		if term.Met {
			met = "yes"
		}
		if term.Unknown != "" {
			met = "unknown: " + term.Unknown
		}
		have, need := number(term.Have), number(term.Need)
		if term.Unit == "percent" {
			have, need = percent(term.Have), percent(term.Need)
		}
		t.row(term.Phrase, have, need, term.Unit, met)
		if in := term.Inner; in != nil {
			t.row("  of which from "+string(in.From), fmt.Sprint(in.Have), fmt.Sprint(in.Need), term.Unit, yesNo(in.Have >= in.Need))
		}
	}
	t.write(w)
}

func showSteps(w io.Writer, steps []model.Step) {
	if len(steps) == 0 {
		return
	}
	fmt.Fprintln(w, "\nThe way:")
	for _, s := range steps {
		day := "            "
		if !s.Date.IsZero() {
			day = "  " + s.Date.String()
		}
		text := withArticle(s.Text, s.Article)
		if s.Words != "" {
			text += ": “" + s.Words + "”"
		}
		paragraph(w, day+"  ", text)
	}
}

func showCounted(w io.Writer, e model.EntryExplanation) {
	if len(e.Counted)+len(e.NotCounted) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := newGrid(">NUMBER", "PARTICIPANT", "ACT", "DATE", "RECORD", "")
	for _, c := range e.Counted {
		note := ""
		if c.Crossing {
			note = "the condition was met on this day"
		}
		t.row(fmt.Sprint(c.Number), string(c.Participant), string(c.Action), c.Date.String(), c.Record.String(), note)
	}
	later := 0
	for _, c := range e.NotCounted {
		if strings.HasPrefix(c.Reason, "deposited after the condition was met") {
			later++ // the rule for later parties applies to all of them
			continue
		}
		t.row("-", string(c.Participant), string(c.Action), c.Date.String(), c.Record.String(), short("not counted: "+c.Reason, 60))
	}
	t.write(w)
	if later > 0 {
		fmt.Fprintln(w, plural(later, "later deposit follows", "later deposits follow")+" the rule for later parties; -o csv lists them.")
	}
}

func showProcedure(w io.Writer, p model.Procedure) {
	fmt.Fprintln(w)
	text := string(p.Status)
	if !p.InForce.IsZero() {
		text += ": " + p.InForce.String()
	}
	if p.Required != "" {
		text += "; required: " + p.Required
	}
	paragraph(w, "Article "+p.Article+": ", p.Title+" — "+text)
	showTerms(w, p.Terms)
}
