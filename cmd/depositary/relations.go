package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections"
)

func (a *app) relationsCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "relations TREATY PARTICIPANT [OTHER]", Short: "What a treaty is between two participants: in force or not, and what reservations and objections have made of it",
		Example: "  depositary relations GENOCIDE Hungary --as-of 1980-01-01\n  depositary relations GENOCIDE Hungary Netherlands --as-of 1980-01-01",
		Args:    cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 3 {
				return answer(c.Context(), a, path("/v1/treaties/%s/relations/%s/%s", args...), x.query(), showRelation)
			}
			return answer(c.Context(), a, path("/v1/treaties/%s/relations/%s", args...), x.query(), showRelations)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showRelations(w io.Writer, r projections.Relations) {
	writeHead(w, r.Treaty, r.Axes)
	fmt.Fprintf(w, "%s (%s): %s", r.Name, r.Participant, r.Status)
	switch {
	case !partial(r.Treaty.Coverage.Extent):
		fmt.Fprintf(w, "; in force with %d of %d that have consented", r.InForce, len(r.Rows))
	case r.InForce > 0:
		fmt.Fprintf(w, "; in force with at least %d", r.InForce)
	}
	fmt.Fprint(w, "\n\n")
	g := newGrid("WITH", "IN FORCE", "SINCE", "PROVISIONS", "WHY")
	for _, row := range r.Rows {
		g.row(short(row.WithName, nameWidth), yesNo(row.InForce), orDash(row.Since.String()), short(orDash(provisionsOf(row.Effects)), 44), short(withRule(row.Why, row.Rule), 60))
	}
	g.write(w)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// provisionsOf says in a few words what has become of provisions.
func provisionsOf(effects []projections.RelationEffect) string {
	var parts []string
	for _, e := range effects {
		if e.Effect == domain.ProvisionsKept {
			continue
		}
		what := strings.Join(e.Articles, ", ")
		if what == "" {
			what = "not said"
		}
		parts = append(parts, fmt.Sprintf("%s %s (%s)", e.Effect, what, e.Author))
	}
	return strings.Join(parts, "; ")
}

func showRelation(w io.Writer, r projections.Relation) {
	writeHead(w, r.Treaty, r.Axes)
	row := r.Relation
	state := "not in force"
	if row.InForce {
		state = "in force"
	}
	if !row.Since.IsZero() {
		state += " since " + row.Since.String()
	}
	fmt.Fprintf(w, "\n%s and %s: %s\n", row.OfName, row.WithName, state)
	paragraph(w, "Why: ", withRule(row.Why, row.Rule))
	showEffects(w, row.Effects)
	showRelationCourse(w, r.Course)
	if len(r.Statements) == 0 {
		return
	}
	fmt.Fprintln(w, "\nReservations and objections between the two:")
	var used legend
	for _, s := range r.Statements {
		fmt.Fprintln(w)
		showStatementRow(w, s, &used)
	}
	used.write(w)
}

func showEffects(w io.Writer, effects []projections.RelationEffect) {
	if len(effects) == 0 {
		return
	}
	fmt.Fprintln(w, "\nWhat reservations and exclusions do between them:")
	for _, e := range effects {
		what := "provisions concerned"
		if len(e.Articles) > 0 {
			what = "article " + strings.Join(e.Articles, ", ")
		}
		effect := string(e.Effect)
		if e.Effect == domain.ProvisionsKept {
			effect = "not affected"
		}
		paragraph(w, "  ", fmt.Sprintf("%s %s: record %s of %s; %s", what, effect, e.Record, e.AuthorName, withRule(e.Why, e.Rule)))
	}
}

func showRelationCourse(w io.Writer, course []projections.RelationPoint) {
	if len(course) == 0 {
		return
	}
	fmt.Fprintln(w, "\nHow it came to be so:")
	g := newGrid("FROM", "IN FORCE", "PROVISIONS", "WHY")
	for _, s := range course {
		g.row(s.From.String(), yesNo(s.InForce), short(orDash(provisionsOf(s.Effects)), 40), short(withRule(s.Why, s.Rule), 130))
	}
	g.write(w)
}
