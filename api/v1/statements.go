package v1

import (
	"context"
	"slices"
	"strings"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/wording"
)

type StatementsInput struct {
	TreatyInput
	Participant string `query:"participant" names:"participants" doc:"Only statements of this participant: id, code or name" example:"TUR"`
	Article     string `query:"article" doc:"Only statements that concern this article or a paragraph of it" example:"77"`
	Kind        string `query:"kind" doc:"Only statements of this kind, such as reservation or objection" example:"reservation"`
	State       string `query:"state" enum:"inert,pending,active,blocked,late,withdrawn,ended" doc:"Only statements that stand so on the day"`
}

func (s *API) onStatements(in *StatementsInput) (on projections.Query, id domain.TreatyID, q projections.StatementQuestion, err error) {
	if on, id, err = s.onTreaty(&in.TreatyInput); err != nil {
		return on, id, q, err
	}
	q = projections.StatementQuestion{Article: strings.TrimSpace(in.Article), State: domain.StatementState(in.State)}
	if in.Participant != "" {
		if q.Participant, err = s.participant(in.Participant, on.AsOf); err != nil {
			return on, id, q, err
		}
	}
	if in.Kind != "" {
		kinds := domain.StatementKinds()
		if q.Kind = domain.ActionKind(strings.ToLower(strings.TrimSpace(in.Kind))); !slices.Contains(kinds, q.Kind) {
			return on, id, q, problem.Invalid("kind", problem.Clip(in.Kind)+" is no kind of statement", wording.Join(kinds, ", "))
		}
	}
	return on, id, q, nil
}

func (s *API) treatyStatements(_ context.Context, in *struct {
	StatementsInput
	PartInput
}) (body statementsBody, err error) {
	on, id, q, err := s.onStatements(&in.StatementsInput)
	if err != nil {
		return body, err
	}
	statements, ok := projections.StatementsOf(on, id, q)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	body.Statements = statements
	body.Rows, body.Following, err = paged(body.Rows, in.Cursor, in.Limit, func(r projections.StatementRow) string { return r.Record.String() })
	return body, err
}

func (s *API) treatyStatementsByArticle(_ context.Context, in *StatementsInput) (body byArticleBody, err error) {
	on, id, q, err := s.onStatements(in)
	if err != nil {
		return body, err
	}
	by, ok := projections.ByArticle(on, id, q)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	return byArticleBody{by}, nil
}

type statementsBody struct {
	projections.Statements
	Following
}

var statementColumns = []string{"treaty", "treaty_short", "participant", "name", "kind", "date", "articles", "given_up", "state", "since", "until", "from", "last_day",

	"effect", "why", "rule", "modified", "confirmed", "precluding", "target", "target_participant", "maintained_from", "answers", "text", "language", "note",
	"record", "corrected", "contested", "source", "verification", "coverage", "acts_as_at"}

func statementCells(t projections.TreatyHead, r projections.StatementRow) []string {
	var target, of string
	if r.Target != nil {
		target, of = r.Target.Record.String(), string(r.Target.Participant)
	}
	var answers []string
	for _, a := range r.Answers {
		kind := string(a.Kind)
		if a.Precluding {
			kind = "precluding " + kind
		}
		answers = append(answers, string(a.By)+" "+kind+" "+a.Date.String()+" "+string(a.State))
	}
	return []string{string(t.ID), t.Short, string(r.Participant), r.Name, string(r.Kind), r.Date.String(), strings.Join(r.Articles, "; "), strings.Join(r.GivenUp, "; "),
		string(r.State), r.Since.String(), r.Until.String(), r.From.String(), r.LastDay.String(), r.Effect, r.Why, r.Rule, yes(r.Modified), yes(r.Confirmed), yes(r.Precluding),
		target, of, string(r.MaintainsFrom), strings.Join(answers, "; "), r.Text, r.Language, r.Note, r.Record.String(), yes(r.Corrected), yes(r.Contested), r.Source, r.Verification, string(t.Coverage.Extent), t.Coverage.AsAt.String()}
}

func (b statementsBody) table() table {
	t := table{header: slices.Concat(statementColumns, axesColumns)}
	for _, r := range b.Rows {
		t.rows = append(t.rows, append(statementCells(b.Treaty, r), axesCells(b.Axes)...))
	}
	return t
}

type byArticleBody struct {
	projections.StatementsByArticle
}

func (b byArticleBody) table() table {
	t := table{header: slices.Concat([]string{"article", "procedure"}, statementColumns, axesColumns)}
	for _, article := range b.Articles {
		for _, r := range article.Rows {
			t.rows = append(t.rows, slices.Concat([]string{article.Article, article.Title}, statementCells(b.Treaty, r), axesCells(b.Axes)))
		}
	}
	return t
}
