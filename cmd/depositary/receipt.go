package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"depositary/api/commands"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/effects"
	"depositary/projections/model"
	"depositary/projections/notices"
)

// showReceipt tells a secretary what was recorded, where, and what follows.
func showReceipt(w io.Writer, r commands.Receipt) {
	showPlace(w, r)
	if len(r.Queries) > 0 {
		fmt.Fprintln(w, "\nUnusual, and passed with the reason:")
		writeFindings(w, r.Queries)
	}
	fmt.Fprintf(w, "\nWhat follows, as of %s:\n", r.Effects.AsOf)
	for _, p := range r.Effects.Participants {
		showParticipantEffect(w, p)
	}
	if t := r.Effects.Treaty; t != nil {
		showTreatyEffect(w, t)
	}
	for _, s := range r.Effects.Statements {
		showStatementEffect(w, s)
	}
	if rel := r.Effects.Relations; rel != nil {
		showRelationsEffect(w, rel)
	}
	if g := r.Effects.Gap; g != nil {
		showGapEffect(w, g)
	}
	showNoticesThatFollow(w, r.Notices)
}

func showNoticesThatFollow(w io.Writer, all []notices.Notice) {
	if len(all) > 0 {
		fmt.Fprintln(w, "\nNotices that would follow:")
	}
	for _, n := range all {
		paragraph(w, "  "+string(n.Kind)+"  ", n.Title)
	}
}

func showPlace(w io.Writer, r commands.Receipt) {
	if r.Proposal != "" {
		showProposed(w, r.Proposal)
		return
	}
	if r.DryRun && !r.Repeated {
		fmt.Fprintf(w, "Dry run: nothing was recorded. It would be recorded, with %s.\n", plural(r.Events, "event", "events"))
		return
	}
	records := make([]string, len(r.Records))
	for i, id := range r.Records {
		records[i] = id.String()
	}
	what := "Recorded"
	if r.Repeated {
		what = "Recorded before, under the same key"
	}
	fmt.Fprintf(w, "%s: %s %s\n", what, map[bool]string{true: "record", false: "records"}[len(records) == 1], strings.Join(records, ", "))
	g := newGrid()
	g.row("  position", fmt.Sprint(r.Position))
	if r.Hash != nil {
		g.row("  hash", r.Hash.String())
	}
	if r.Recorded != nil {
		g.row("  instant", r.Recorded.UTC().Format("2006-01-02 15:04:05.000000 UTC"))
	}
	g.row("  command", r.Command)
	g.write(w)
}

// labelled writes a line of the consequences.
func labelled(w io.Writer, label, text string) {
	const width = 16
	if utf8.RuneCountInString(label) > width {
		fmt.Fprintln(w, "  "+label)
		label = ""
	}
	paragraph(w, "  "+label+strings.Repeat(" ", width-utf8.RuneCountInString(label))+"  ", text)
}

func showParticipantEffect(w io.Writer, p effects.ParticipantEffect) {
	text := string(p.Before) + " → " + string(p.After)
	if p.Before == p.After {
		text = string(p.After) + ", as before"
	}
	if p.Why != "" {
		text += ": " + p.Why
	}
	labelled(w, p.Name, text)
	if !p.Bound.IsZero() {
		labelled(w, "bound from", p.Bound.String())
	}
	if !p.Until.IsZero() {
		labelled(w, "until", p.Until.String())
	}
	var course []string
	for _, s := range p.Course {
		course = append(course, s.From.String()+" "+projections.StatusWord(s.Status, s.IntendsNot, s.Provisional, s.Suspended))
	}
	labelled(w, "course", strings.Join(course, ", "))
}

func showStatementEffect(w io.Writer, s effects.StatementEffect) {
	state := func(s domain.StatementState) string { return orDash(string(s)) }
	text := fmt.Sprintf("%s of %s: %s → %s", s.Kind, s.Name, state(s.Before), state(s.After))
	if s.Before == s.After {
		text = fmt.Sprintf("%s of %s: %s", s.Kind, s.Name, state(s.After))
	}
	labelled(w, "statement", text+"; "+withRule(s.Why, s.Rule))
	if len(s.Life) > 1 {
		labelled(w, "", lifeOf(s.Life))
	}
}

// namedAtMost is how many pairs a receipt names; the JSON form has them all.
const namedAtMost = 8

func showRelationsEffect(w io.Writer, r *effects.RelationsEffect) {
	labelled(w, "relations", fmt.Sprintf("%s, as on %s", plural(r.Changed, "relation changes", "relations change"), r.On))
	showPairs(w, "begin to be in force: ", r.Begin)
	showPairs(w, "cease to be in force: ", r.Stop)
	showPairs(w, "change in their provisions or their past: ", r.Other)
}

func showPairs(w io.Writer, what string, pairs []effects.PairEffect) {
	var names []string
	for i, p := range pairs {
		if i == namedAtMost && len(pairs) > namedAtMost+1 {
			names = append(names, fmt.Sprintf("and %d more", len(pairs)-i))
			break
		}
		names = append(names, p.OfName+" – "+p.WithName)
	}
	if len(names) > 0 {
		labelled(w, "", fmt.Sprintf("%d %s", len(pairs), what)+strings.Join(names, "; "))
	}
}

func showTreatyEffect(w io.Writer, t *effects.TreatyEffect) {
	labelled(w, string(t.Treaty), countsChange(t.CountsBefore, t.CountsAfter))
	labelled(w, "entry into force", entryChange(t))
	if t.EntryAfter != domain.EntryInForce {
		labelled(w, "still required", t.Required)
	}
}

func countsChange(before, after model.Counts) string {
	before.AtLeast = before.AtLeast || after.AtLeast // an answer leaves out counts of which nothing is known
	change := func(b, a int, many string) string {
		was, is := cmp.Or(before.Figure(b), "not known"), cmp.Or(after.Figure(a), "not known")
		if after.AtLeast && is != "not known" {
			is = "at least " + is
		}
		if b == a {
			return is + " " + many
		}
		return was + " → " + is + " " + many
	}
	return strings.Join([]string{change(before.Signatories, after.Signatories, "signatories"), change(before.Consents, after.Consents, "consents"),
		change(before.Parties, after.Parties, "parties")}, ", ")
}

func entryChange(t *effects.TreatyEffect) string {
	day := func(status domain.EntryStatus, d domain.Date) string {
		return strings.TrimSpace(string(status) + " " + d.String())
	}
	before, after := day(t.EntryBefore, t.InForceBefore), day(t.EntryAfter, t.InForce)
	if before == after {
		return after + ", as before"
	}
	return before + " → " + after
}

func showGapEffect(w io.Writer, g *effects.GapEffect) {
	text := fmt.Sprintf("%s %% → %s %% of the world's migrants live in a State that is bound, %+.2f points", percent(g.Before), percent(g.After), g.Points)
	if g.Before == g.After {
		text = fmt.Sprintf("%s %% of the world's migrants live in a State that is bound, as before", percent(g.After))
	}
	labelled(w, "gap", "on "+g.On.String()+": "+text)
	labelled(w, "stock", fmt.Sprintf("edition %s, year %d, world total %s; %s", g.Stock.Edition, g.Stock.Year, number(g.Stock.World), attested(g.Stock.Attestation, g.Stock.Licence)))
}
