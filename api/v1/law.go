package v1

import (
	"slices"
	"strings"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
)

// Reading statements and relations.

func (s *API) routesLaw() {
	read(s, "/v1/treaties/{treaty}/statements", "treatyStatements", "Reservations, declarations, objections, notifications and derogations as they stand, each with its life and its answers", "Treaties", s.treatyStatements)
	read(s, "/v1/treaties/{treaty}/statements/by-article", "treatyStatementsByArticle", "Statements under the articles that they concern", "Treaties", s.treatyStatementsByArticle)
	read(s, "/v1/treaties/{treaty}/relations/{participant}", "participantRelations", "Between a participant and every other that has consented: is the treaty in force, and what have reservations made of it", "Treaties", s.participantRelations)
	read(s, "/v1/treaties/{treaty}/relations/{participant}/{other}", "relation", "What the treaty is between two participants, why, and how that has changed", "Treaties", s.relation)
}

type StatementsInput struct {
	TreatyInput
	Participant string `query:"participant" doc:"Only statements of this participant: id, code or name" example:"TUR"`
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
			return on, id, q, problem.Invalid("kind", problem.Clip(in.Kind)+" is no kind of statement", joined(kinds))
		}
	}
	return on, id, q, nil
}

func joined[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, word := range all {
		words[i] = string(word)
	}
	return strings.Join(words, ", ")
}

func (s *API) treatyStatements(in *StatementsInput) (body statementsBody, err error) {
	on, id, q, err := s.onStatements(in)
	if err != nil {
		return body, err
	}
	statements, ok := projections.StatementsOf(on, id, q)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	return statementsBody{statements}, nil
}

func (s *API) treatyStatementsByArticle(in *StatementsInput) (body byArticleBody, err error) {
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

type RelationsInput struct {
	TreatyInput
	Participant string `path:"participant" doc:"Id, code or name of the participant" example:"DEU"`
}

func (s *API) onRelations(in *RelationsInput) (on projections.Query, id domain.TreatyID, of domain.ParticipantID, err error) {
	if on, id, err = s.onTreaty(&in.TreatyInput); err != nil {
		return on, id, "", err
	}
	of, err = s.participant(in.Participant, on.AsOf)
	return on, id, of, err
}

func (s *API) participantRelations(in *RelationsInput) (body relationsBody, err error) {
	on, id, of, err := s.onRelations(in)
	if err != nil {
		return body, err
	}
	relations, ok, err := projections.RelationsOf(on, id, of)
	if err == nil && !ok {
		err = notKnownThen("relation", in.Treaty+"/"+in.Participant, on)
	}
	return relationsBody{relations}, err
}

func (s *API) relation(in *struct {
	RelationsInput
	Other string `path:"other" doc:"Id, code or name of the other participant" example:"FRA"`
}) (body relationBody, err error) {
	on, id, of, err := s.onRelations(&in.RelationsInput)
	if err != nil {
		return body, err
	}
	with, err := s.participant(in.Other, on.AsOf)
	if err != nil {
		return body, inField(err, "other")
	}
	relation, ok, err := projections.RelationOf(on, id, of, with)
	if err == nil && !ok {
		err = notKnownThen("relation", in.Treaty+"/"+in.Participant+"/"+in.Other, on)
	}
	return relationBody{relation}, err
}

// inField says that a problem is about another parameter than the one that
// usually has such a value.
func inField(err error, field string) error {
	if p, ok := err.(*problem.Problem); ok {
		for i := range p.Findings {
			p.Findings[i].Field = field
		}
	}
	return err
}

type statementsBody struct{ projections.Statements }

var statementColumns = []string{"treaty", "treaty_short", "participant", "name", "kind", "date", "articles", "given_up", "state", "since", "until", "from", "last_day",
	"effect", "why", "rule", "modified", "confirmed", "precluding", "target", "target_participant", "maintained_from", "answers", "text", "language", "note",
	"record", "corrected", "contested", "source", "verification"}

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
		target, of, string(r.MaintainsFrom), strings.Join(answers, "; "), r.Text, r.Language, r.Note, r.Record.String(), yes(r.Corrected), yes(r.Contested), r.Source, r.Verification}
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

type relationsBody struct{ projections.Relations }

func (b relationsBody) table() table {
	t := table{header: slices.Concat([]string{"treaty", "treaty_short", "of", "of_name", "with", "with_name", "in_force", "since", "why", "rule", "modified", "excluded", "without_effect"}, axesColumns)}
	for _, r := range b.Rows {
		t.rows = append(t.rows, append([]string{string(b.Treaty.ID), b.Treaty.Short, string(r.Of), r.OfName, string(r.With), r.WithName, yesOrNo(r.InForce), r.Since.String(), r.Why, r.Rule,
			provisions(r.Effects, domain.ProvisionsModified), provisions(r.Effects, domain.ProvisionsExcluded), provisions(r.Effects, domain.ProvisionsKept)}, axesCells(b.Axes)...))
	}
	return t
}

// provisions lists whose reservations have an effect, and on which provisions.
func provisions(effects []projections.RelationEffect, effect domain.ProvisionState) string {
	var all []string
	for _, e := range effects {
		if e.Effect == effect {
			all = append(all, strings.TrimSpace(string(e.Author)+" "+e.Record.String()+" "+strings.Join(e.Articles, ", ")))
		}
	}
	return strings.Join(all, "; ")
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

type relationBody struct{ projections.Relation }

// table returns the course of the relation, one line for each effect of each step.
func (b relationBody) table() table {
	t := table{header: slices.Concat([]string{"treaty", "treaty_short", "of", "with", "from", "in_force", "why", "rule", "author", "record", "effect", "articles", "answer", "effect_why", "effect_rule"}, axesColumns)}
	line := func(s projections.RelationPoint, effect []string) {
		t.rows = append(t.rows, slices.Concat([]string{string(b.Treaty.ID), b.Treaty.Short, string(b.Relation.Relation.Of), string(b.Relation.Relation.With),
			s.From.String(), yesOrNo(s.InForce), s.Why, s.Rule}, effect, axesCells(b.Axes)))
	}
	for _, s := range b.Course {
		for _, e := range s.Effects {
			line(s, []string{string(e.Author), e.Record.String(), string(e.Effect), strings.Join(e.Articles, "; "), e.Answer.String(), e.Why, e.Rule})
		}
		if len(s.Effects) == 0 {
			line(s, make([]string, 7))
		}
	}
	return t
}
