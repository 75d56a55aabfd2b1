package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections"
)

func (a *app) statementsCommand() *cobra.Command {
	var x axes
	var participant, article, kind, state string
	var byArticle bool
	c := &cobra.Command{Use: "statements TREATY", Short: "Reservations, declarations, objections and notifications as they stand, with their lives",
		Example: "  depositary statements ICMW --by-article\n  depositary statements GENOCIDE --participant Hungary --as-of 1980-01-01\n  depositary statements ICMW --article 77",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q := x.query()
			set(q, "participant", participant)
			set(q, "article", article)
			set(q, "kind", kind)
			set(q, "state", state)
			if byArticle {
				return answer(c.Context(), a, path("/v1/treaties/%s/statements/by-article", args[0]), q, showByArticle)
			}
			return answer(c.Context(), a, path("/v1/treaties/%s/statements", args[0]), q, showStatements)
		}}
	c.Flags().StringVar(&participant, "participant", "", "only statements of this participant: id, code or name")
	c.Flags().StringVar(&article, "article", "", "only statements that concern this article or a paragraph of it")
	c.Flags().StringVar(&kind, "kind", "", "only statements of this kind, such as reservation or objection")
	c.Flags().StringVar(&state, "state", "", "only statements that stand so: inert, pending, active, blocked, late, withdrawn, ended")
	c.Flags().BoolVar(&byArticle, "by-article", false, "under the articles that they concern")
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showStatements(w io.Writer, s projections.Statements) {
	writeHead(w, s.Treaty, s.Axes)
	if len(s.Rows) == 0 {
		writeNoStatement(w, s.Treaty.Coverage)
		return
	}
	var used legend
	for _, r := range s.Rows {
		fmt.Fprintln(w)
		showStatementRow(w, r, &used)
	}
	used.write(w)
}

// writeNoStatement says that there is none, or that none is recorded: that none was
// made is known only where every act is recorded.
func writeNoStatement(w io.Writer, c projections.Coverage) {
	if c.Complete && c.Missing == "" {
		fmt.Fprintln(w, "\nNo such statement had been made by then.")
		return
	}
	fmt.Fprintln(w, "\nNo such statement is recorded.")
}

func showByArticle(w io.Writer, s projections.StatementsByArticle) {
	writeHead(w, s.Treaty, s.Axes)
	if len(s.Articles) == 0 {
		writeNoStatement(w, s.Treaty.Coverage)
		return
	}
	var used legend
	for _, article := range s.Articles {
		title := "Article " + article.Article
		if article.Article == projections.NotSaid {
			title = "Article not said"
		}
		if article.Title != "" {
			title += ": " + article.Title
		}
		fmt.Fprintln(w, "\n"+title)
		g := newGrid("  PARTICIPANT", "KIND", "ARTICLES", "MADE", "STATE", "EFFECT", "RECORD", "")
		for _, r := range article.Rows {
			g.row("  "+short(r.Name, 32), string(r.Kind), short(orDash(strings.Join(r.Articles, ", ")), 24), r.Date.String(), stateWord(r.State, r.Since), short(r.Effect, 60), r.Record.String(), statementMarks(r, &used))
		}
		g.write(w)
	}
	used.write(w)
}

func stateWord(state domain.StatementState, since domain.Date) string {
	return string(state) + " since " + since.String()
}

func statementMarks(r projections.StatementRow, used *legend) (marks string) {
	if !verified(r.Verification) {
		marks += used.use(unverifiedMark)
	}
	if r.Corrected {
		marks += used.use(correctedMark)
	}
	return marks
}

func showStatementRow(w io.Writer, r projections.StatementRow, used *legend) {
	head := fmt.Sprintf("%s, %s of %s", r.Name, r.Kind, r.Date)
	if r.Precluding {
		head = fmt.Sprintf("%s, precluding %s of %s", r.Name, r.Kind, r.Date)
	}
	if len(r.Articles) > 0 {
		head += ", article " + strings.Join(r.Articles, ", ")
	}
	fmt.Fprintf(w, "%s  (record %s) %s\n", head, r.Record, statementMarks(r, used))
	paragraph(w, "  text:     ", r.Text)
	paragraph(w, "  stands:   ", stateWord(r.State, r.Since)+": "+withRule(r.Why, r.Rule))
	if !r.Until.IsZero() {
		paragraph(w, "  pending:  ", "until "+r.Until.String())
	}
	if r.Kind == domain.Derogation || r.Kind == domain.Notification {
		paragraph(w, "  holds:    ", "from "+r.From.String()+lastDay(r.LastDay))
	}
	paragraph(w, "  effect:   ", r.Effect)
	paragraph(w, "  given up: ", strings.Join(r.GivenUp, ", "))
	if r.Target != nil {
		paragraph(w, "  against:  ", fmt.Sprintf("record %s of %s", r.Target.Record, r.Target.Name))
	}
	if r.MaintainsFrom != "" {
		paragraph(w, "  kept from:", " "+r.MaintainsName+", by succession")
	}
	if len(r.Life) > 1 {
		paragraph(w, "  life:     ", lifeOf(r.Life))
	}
	for _, answer := range r.Answers {
		paragraph(w, "  answer:   ", answerLine(answer))
	}
	paragraph(w, "  note:     ", r.Note)
	source := r.Source
	if !verified(r.Verification) {
		source = strings.TrimSpace(source + " (" + r.Verification + ")")
	}
	paragraph(w, "  source:   ", source)
}

func lastDay(day domain.Date) string {
	if day.IsZero() {
		return ", without a last day"
	}
	return " to " + day.String()
}

func lifeOf(life []projections.StatementStep) string {
	var steps []string
	for _, s := range life {
		step := s.From.String() + " " + string(s.State)
		if len(s.Articles) > 0 {
			step += " (" + strings.Join(s.Articles, ", ") + ")"
		}
		steps = append(steps, step)
	}
	return strings.Join(steps, ", ")
}

func answerLine(a projections.StatementAnswer) string {
	kind := string(a.Kind)
	if a.Precluding {
		kind = "precluding " + kind
	}
	return fmt.Sprintf("%s, %s of %s (record %s), %s", a.Name, kind, a.Date, a.Record, stateWord(a.State, a.Since))
}
