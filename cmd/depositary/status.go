package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

func (a *app) statusCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "status TREATY [PARTICIPANT]", Short: "The status table of a treaty, or one participant with history and reasons",
		Example: "  depositary status ICMW\n  depositary status ICMW Germany\n  depositary status ICMW --as-of 2003-07-01 --received-by 2003-03-14", Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 2 {
				return answer(c.Context(), a, path("/v1/treaties/%s/participants/%s", args...), x.query(), showParticipation)
			}
			return answer(c.Context(), a, path("/v1/treaties/%s/status", args[0]), x.query(), showStatus)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showStatus(w io.Writer, s projections.TreatyStatus) {
	writeHead(w, s.Treaty, s.Axes)
	writeCounts(w, s.Treaty.Coverage, s.Counts)
	writeEntryLine(w, s.Entry)
	fmt.Fprintln(w)
	if len(s.Rows) == 0 && !s.Treaty.Coverage.Complete {
		return // what had been done by then is not known
	}
	showStatusRows(w, s.Rows, "PARTICIPANT", func(r projections.StatusRow) string { return short(r.Name, nameWidth) })
}

// writeCounts writes the counts of a day as far as they are known: nothing where
// no act is recorded, and at least so many where only some are.
func writeCounts(w io.Writer, c projections.Coverage, n model.Counts) {
	switch c.Extent {
	case domain.ExtentNone:
		return
	case domain.ExtentSome:
		if words := knownCounts(n); words != "" {
			fmt.Fprintf(w, "at least %s\n", words)
		}
		return
	}
	fmt.Fprintf(w, "%s, %s, %s\n", plural(n.Parties, "party", "parties"), plural(n.Consents, "consent", "consents"), plural(n.Signatories, "signatory", "signatories"))
}

// knownCounts lists the counts that are not zero.
func knownCounts(n model.Counts) string {
	var known []string
	for _, c := range []struct {
		n         int
		one, many string
	}{{n.Parties, "party", "parties"}, {n.Consents, "consent", "consents"}, {n.Signatories, "signatory", "signatories"}} {
		if c.n > 0 {
			known = append(known, plural(c.n, c.one, c.many))
		}
	}
	return strings.Join(known, ", ")
}

// partial reports whether nothing can be said of a participant of which no act is
// recorded: a count is then a least one, and zero no answer.
func partial(e domain.Extent) bool { return e == domain.ExtentNone || e == domain.ExtentSome }

// counted writes a count made of acts: where not every act is recorded, none is no
// zero.
func counted(e domain.Extent, n int) string {
	if partial(e) && n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

// writeEntryLine says in a line or two where a treaty stands on its way into force.
func writeEntryLine(w io.Writer, e model.EntryExplanation) {
	text := string(e.Status)
	switch {
	case e.InForce.IsZero():
	case e.Status == domain.EntryInForce:
		text += " since " + e.InForce.String()
	default:
		text += ", in force from " + e.InForce.String()
	}
	if e.FromStated {
		text += " (the published day)"
	}
	if e.Unknown != "" {
		text += ": " + e.Unknown
	}
	if e.Required != "" && e.Status != domain.EntryInForce {
		text += "; required: " + e.Required
	}
	paragraph(w, "Entry into force: ", text)
}

// showStatusRows shows where participants, or one in respect of treaties, stand.
func showStatusRows(w io.Writer, rows []projections.StatusRow, head string, name func(projections.StatusRow) string) {
	if len(rows) == 0 {
		fmt.Fprintln(w, "Nothing had been done by then.")
		return
	}
	var used legend
	t := newGrid(head, "STATUS", "SINCE", "SIGNED", "CONSENT", "DEPOSITED", "BOUND", "")
	for _, r := range rows {
		var signed, consent, deposited, marks string
		if r.Signature != nil {
			signed = r.Signature.Date.String()
		}
		if r.Consent != nil {
			consent, deposited = string(r.Consent.Action), r.Consent.Date.String()
		}
		for _, ref := range []*projections.ActRef{r.Signature, r.Consent} {
			if ref != nil && !verified(ref.Verification) && !strings.Contains(marks, unverifiedMark) {
				marks += used.use(unverifiedMark)
			}
			if ref != nil && ref.Corrected && !strings.Contains(marks, correctedMark) {
				marks += used.use(correctedMark)
			}
		}
		if r.WithReservations {
			marks += used.use(reservationMark)
		}
		t.row(name(r), statusWord(r), orDash(r.Since.String()), orDash(signed), orDash(consent), orDash(deposited), orDash(r.Bound.String()), marks)
	}
	t.write(w)
	used.write(w)
}

func statusWord(r projections.StatusRow) string {
	return projections.StatusWord(r.Status, r.IntendsNot, r.Provisional, r.Suspended)
}

func showParticipation(w io.Writer, p projections.Participation) {
	fmt.Fprintf(w, "%s and ", p.Status.Name)
	writeHead(w, p.Treaty, p.Axes)
	fmt.Fprintln(w)
	r := p.Status
	facts := newGrid()
	word := statusWord(r)
	if r.WithReservations {
		word += ", with reservations"
	}
	facts.row("Status", word)
	for _, f := range []struct{ name, value string }{
		{"Since", r.Since.String()}, {"Bound from", r.Bound.String()}, {"Until", r.Until.String()},
		{"Accepts", strings.Join(r.Accepts, "; ")}, {"Excludes", strings.Join(r.Excludes, "; ")}, {"Territories", strings.Join(r.Territories, "; ")},
		{"Territories not", strings.Join(r.TerritoriesNot, "; ")},
	} {
		if f.value != "" {
			facts.row(f.name, f.value)
		}
	}
	facts.write(w)
	paragraph(w, "Why: ", r.Why)
	if r.Status != domain.NotKnown {
		showCourse(w, p.Course)
	}
	showRecords(w, p.Records)
}

func showCourse(w io.Writer, course []projections.Standing) {
	if len(course) == 0 {
		fmt.Fprintln(w, "\nNothing was done in respect of the treaty.")
		return
	}
	fmt.Fprintln(w, "\nCourse, as far as it follows from what is recorded:")
	t := newGrid("FROM", "STATUS", "RECORD", "WHY")
	for _, s := range course {
		t.row(s.From.String(), projections.StatusWord(s.Status, s.IntendsNot, s.Provisional, s.Suspended), s.Cause.String(), short(s.Why, 80))
	}
	t.write(w)
}

func showRecords(w io.Writer, records []projections.RecordView) {
	if len(records) == 0 {
		return
	}
	fmt.Fprintln(w, "\nRecords, in the order of the ledger:")
	t := newGrid("RECORD", "", "ACT", "DATE", "EFFECT", "SOURCE", "STANDS", "REASON")
	for _, r := range records {
		var kind, date, effect, source string
		if r.Action != nil {
			kind, date, effect = string(r.Action.Kind), r.Action.Date.String(), r.Action.Effect.String()
			source = provenance(r.Action.Provenance)
		}
		op := r.Op
		if !r.Target.IsZero() {
			op += " " + r.Target.String()
		}
		stands := "no"
		if r.Standing {
			stands = "yes"
		}
		t.row(r.ID.String(), op, kind, date, orDash(effect), short(orDash(source), 36), stands, short(r.Reason, 40))
	}
	t.write(w)
}

// provenance says where an act was taken from, and marks what is not verified.
func provenance(p *model.Provenance) string {
	if p == nil {
		return ""
	}
	text := p.Source
	if !verified(p.Verification) {
		text = strings.TrimPrefix(text+" ("+p.Verification+")", " ")
	}
	return text
}
