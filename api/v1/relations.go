package v1

import (
	"context"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
)

type RelationsInput struct {
	TreatyInput
	Participant string `path:"participant" names:"participants" doc:"Id, code or name of the participant" example:"DEU"`
}

func (s *API) onRelations(in *RelationsInput) (on projections.Query, id domain.TreatyID, of domain.ParticipantID, err error) {
	if on, id, err = s.onTreaty(&in.TreatyInput); err != nil {
		return on, id, "", err
	}
	of, err = s.participant(in.Participant, on.AsOf)
	return on, id, of, err
}

func (s *API) participantRelations(_ context.Context, in *RelationsInput) (body relationsBody, err error) {
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

func (s *API) relation(_ context.Context, in *struct {
	RelationsInput
	Other string `path:"other" names:"participants" doc:"Id, code or name of the other participant" example:"FRA"`
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

type relationsBody struct{ projections.Relations }

func (b relationsBody) table() table {
	t := table{header: slices.Concat([]string{"treaty", "treaty_short", "of", "of_name", "with", "with_name", "in_force", "since", "why", "rule", "modified", "excluded", "without_effect"}, coverageColumns, axesColumns)}
	for _, r := range b.Rows {
		t.rows = append(t.rows, slices.Concat([]string{string(b.Treaty.ID), b.Treaty.Short, string(r.Of), r.OfName, string(r.With), r.WithName, yesOrNo(r.InForce), r.Since.String(), r.Why, r.Rule,
			provisions(r.Effects, domain.ProvisionsModified), provisions(r.Effects, domain.ProvisionsExcluded), provisions(r.Effects, domain.ProvisionsKept)}, coverageCells(b.Treaty.Coverage), axesCells(b.Axes)))
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
	t := table{header: slices.Concat([]string{"treaty", "treaty_short", "of", "with", "from", "in_force", "why", "rule", "author", "record", "effect", "articles", "answer", "effect_why", "effect_rule"}, coverageColumns, axesColumns)}
	line := func(s projections.RelationPoint, effect []string) {
		t.rows = append(t.rows, slices.Concat([]string{string(b.Treaty.ID), b.Treaty.Short, string(b.Relation.Relation.Of), string(b.Relation.Relation.With),
			s.From.String(), yesOrNo(s.InForce), s.Why, s.Rule}, effect, coverageCells(b.Treaty.Coverage), axesCells(b.Axes)))
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
