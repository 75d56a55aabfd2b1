package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
	"depositary/projections/wording"
)

func (a *app) treatyCommand() *cobra.Command {
	return family("treaty", "Treaties with their final clauses", a.treatyListCommand(), a.treatyShowCommand(),
		addCommand(a, "treaties", "/v1/treaties"))
}

// treatyPage is a page of the list of treaties.
type treatyPage struct {
	Axes     projections.Axes            `json:"axes"`
	Treaties []projections.TreatySummary `json:"treaties"`
	Next     string                      `json:"next"`
}

// add appends another page, and returns where the next begins.
func (all *treatyPage) add(p treatyPage) (next string) {
	all.Axes, all.Treaties = p.Axes, append(all.Treaties, p.Treaties...)
	return p.Next
}

func (a *app) treatyListCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "list", Short: "All treaties with their counts", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return answerList(c.Context(), a, "/v1/treaties", x.query(), (*treatyPage).add, showTreaties)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showTreaties(w io.Writer, p treatyPage) {
	writeAxes(w, p.Axes)
	g := newGrid("ID", "SHORT", "ADOPTED", "IN FORCE", ">SIGNED", ">CONSENTS", ">PARTIES", "ACTS AS AT", "TITLE")
	for _, t := range p.Treaties {
		inForce := t.InForce.String()
		if inForce == "" {
			inForce = string(t.Entry)
		}
		g.row(string(t.ID), t.Short, orDash(t.Adopted.String()), inForce, known(t.Signatories), known(t.Consents), known(t.Parties), recordedUntil(t.Coverage), short(t.Title, 36))
	}
	g.write(w)
}

// known writes a count that may not be known.
func known(n *int) string {
	if n == nil {
		return "?"
	}
	return fmt.Sprint(*n)
}

// recordedUntil says in a word until when acts are recorded.
func recordedUntil(c projections.Coverage) string {
	switch c.Extent {
	case domain.ExtentTable:
		return c.AsAt.String()
	case domain.ExtentContinuous:
		return "continuous"
	}
	return string(c.Extent)
}

func (a *app) treatyShowCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "show TREATY", Short: "A treaty with its final clauses (-o json: in the form in which it can be added)", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path("/v1/treaties/%s", args[0]), x.query(), showTreaty)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON)
	return c
}

func showTreaty(w io.Writer, t model.Treaty) {
	paragraph(w, "", fmt.Sprintf("%s (%s)  %s", t.Short, t.ID, t.Title))
	g := newGrid()
	field := func(name, value, article string) {
		if value != "" {
			g.row(name, withArticle(value, article))
		}
	}
	field("Adopted", strings.Trim(t.Adopted.String()+", "+t.Place, ", "), "")
	field("Depositary", t.Depositary, "")
	field("Parent", string(t.Parent), t.ParentArticle)
	field("Parent rule", string(t.ParentRule), "")
	field("Admits", strings.Join(t.Admits, ", "), t.AdmitsArticle)
	if s := t.Signature; s != nil {
		field("Signature", strings.TrimSpace("from "+s.Opens.String()+until(s.Closes)), s.Article)
	}
	if c := t.Consent; c != nil {
		field("Consent", wording.Join(c.By, ", "), c.Article)
		field("Accession opens", c.AccessionOpens, "")
	}
	showEntryClauses(t, field)
	showLeaving(t, field)
	g.write(w)
	if s := t.Stated; s != nil {
		paragraph(w, "Published: ", s.InForce.String()+"; "+attested(s.Attestation, ""))
	}
	paragraph(w, "Note: ", t.Note)
	paragraph(w, "Source: ", attested(t.Attestation, ""))
	if known := t.ToDomain(); !known.ClausesKnown() {
		fmt.Fprintln(w, "The final clauses are not known: nothing is computed from them.")
	}
}

func until(closes domain.Date) string {
	if closes.IsZero() {
		return ""
	}
	return " to " + closes.String()
}

func showEntryClauses(t model.Treaty, field func(name, value, article string)) {
	if e := t.EntryIntoForce; e != nil {
		field("Entry into force", e.When.String()+", then "+e.Then.String(), e.Article)
	}
	if e := t.LaterParties; e != nil {
		field("Later parties", e.Then.String(), e.Article)
	}
	for _, d := range t.Declarations {
		field("Declaration", strings.Trim(d.Title+": "+d.When.String(), ": "), d.Article)
	}
}

func showLeaving(t model.Treaty, field func(name, value, article string)) {
	if c := t.Withdrawal; c != nil {
		parts := []string{c.Rule}
		for _, p := range []string{c.Then.String(), prefixed("not before ", c.NotBefore), prefixed("within ", c.Window)} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		field("Withdrawal", strings.Join(parts, ", "), c.Article)
	}
	if r := t.Reservations; r != nil {
		field("Reservations", strings.TrimSpace(r.Rule+" "+strings.Join(r.Only, ", ")), r.Article)
		field("", r.Notes, "")
	}
	if e := t.Exclusions; e != nil {
		field("Exclusions", strings.Join(e.Of, ", "), e.Article)
	}
	if c := t.TerritorialScope; c != nil {
		field("Territories", c.Rule, c.Article)
	}
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}
