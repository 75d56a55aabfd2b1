package v1

import (
	"context"
	"fmt"
	"strings"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections/notices"
	"depositary/projections/wording"
)

// Reading notices: what changed by each commit, and with each day.

// NoticesInput chooses notices. What is absent chooses all.
type NoticesInput struct {
	Kind []string `query:"kind" doc:"Kinds, with commas, or all of a subject as in participant.*" example:"participant.bound,treaty.*"`
	ChosenInput
	Backfill bool `query:"backfill" doc:"Also history: what the depositary had received more than 30 days before the treaty came into this ledger"`
}

// ChosenInput chooses notices by what they are about. What is absent chooses
// all; where participants, corridors and groups are given, either is enough.
type ChosenInput struct {
	Treaty      []string `query:"treaty" doc:"Treaties, with commas: ids or short names" example:"ICMW"`
	Participant []string `query:"participant" names:"participants" doc:"Only what is about one of these, with commas: ids or codes; what is about a treaty itself is not" example:"DEU"`
	Corridor    []string `query:"corridor" doc:"Only what is about one of the two ends of one of these corridors, with commas: the ids or codes of an origin and a destination, with a slash" example:"MEX/USA"`
	Group       []string `query:"group" doc:"Only what is about who belongs to one of these groups on the day of the change, with commas" example:"OECD"`
}

// noticeFilter makes a filter of the parameters; each is checked.
func (s *API) noticeFilter(in NoticesInput) (f notices.NoticeFilter, err error) {
	if err := notices.CheckKinds(in.Kind); err != nil {
		return f, problem.Invalid("kind", err.Error(), wording.Join(notices.Kinds(), ", ")+", or all of a subject as in participant.*")
	}
	f.Kinds, f.Backfill = in.Kind, in.Backfill
	f.Treaties, f.Participants, f.Groups, err = s.chosen(in.ChosenInput)
	return f, err
}

// chosen finds what parameters name; each is checked.
func (s *API) chosen(in ChosenInput) (treaties []domain.TreatyID, participants []domain.ParticipantID, groups []domain.GroupID, err error) {
	for _, text := range in.Treaty {
		id, err := s.treaty(text)
		if err != nil {
			return nil, nil, nil, err
		}
		treaties = append(treaties, id)
	}
	for _, text := range in.Participant {
		id, err := s.participant(text, s.Today())
		if err != nil {
			return nil, nil, nil, err
		}
		participants = append(participants, id)
	}
	for _, text := range in.Corridor {
		origin, destination, pair := strings.Cut(text, "/")
		if !pair {
			return nil, nil, nil, problem.Invalid("corridor", problem.Clip(text)+" is no corridor", "an origin and a destination with a slash between them, such as MEX/USA")
		}
		for _, end := range []string{origin, destination} {
			id, err := s.participant(end, s.Today())
			if err != nil {
				return nil, nil, nil, inField(err, "corridor")
			}
			participants = append(participants, id)
		}
	}
	for _, text := range in.Group {
		id := domain.GroupID(strings.ToUpper(text))
		if _, ok := s.Projection.Current().State.Group(id, domain.Everything()); !ok {
			return nil, nil, nil, problem.NotFound("group", "group", text, "an id listed at /v1/groups")
		}
		groups = append(groups, id)
	}
	return treaties, participants, groups, nil
}

// LinksOf returns where there is more on a notice.
func LinksOf(n notices.Notice) notices.NoticeLinks {
	links := notices.NoticeLinks{Self: Address("getNotice", "notice", n.ID.String()), Commit: Address("getCommit", "position", fmt.Sprint(n.ID.Position))}
	if n.Treaty != "" {
		links.Treaty = Address("getTreaty", "treaty", string(n.Treaty))
	}
	if n.Participant != "" {
		links.Participant = Address("getParticipant", "participant", string(n.Participant))
	}
	if !n.Record.IsZero() {
		links.Record = Address("getAction", "record", n.Record.String())
	}
	return links
}

type noticesBody struct {
	Notices []notices.Notice `json:"notices"`
	Through notices.ID       `json:"through" doc:"Everything up to this id was looked at: after of the next page"`
	More    bool             `json:"more" doc:"Whether the ledger goes on behind it; a page may be short or empty and there may be more all the same"`
	Following
}

func (b noticesBody) table() table {
	t := table{header: []string{"id", "kind", "date", "day", "recorded", "backfill", "treaty", "treaty_short", "participant", "name", "title", "of", "before", "after", "why", "article", "record", "source", "verification"}}
	for _, n := range b.Notices {
		var source, verification string
		if n.Source != nil {
			source, verification = n.Source.Source, n.Source.Verification
		}
		t.rows = append(t.rows, []string{n.ID.String(), string(n.Kind), n.Date.String(), n.Day.String(), instant(n.Recorded), yes(n.Backfill),
			string(n.Treaty), n.TreatyShort, string(n.Participant), n.Name, n.Title, n.Of, n.Before.Words, n.After.Words, n.Why, n.Article, n.Record.String(), source, verification})
	}
	return t
}

func (s *API) listNotices(ctx context.Context, in *struct {
	NoticesInput
	After  string `query:"after" doc:"Notices behind this one: an id, or a position for behind all of its commit" example:"812.1"`
	Cursor string `query:"cursor" doc:"Where the page begins: next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many notices at most"`
	FormatInput
}) (body noticesBody, err error) {
	f, err := s.noticeFilter(in.NoticesInput)
	if err != nil {
		return body, err
	}
	after, err := placeAmongNotices(in.Cursor, "after", in.After)
	if err != nil {
		return body, err
	}
	body.Notices, body.Through, body.More, err = s.Notices.Page(ctx, f, after, in.Limit)
	if body.Notices == nil {
		body.Notices = []notices.Notice{}
	}
	if body.More {
		body.Next = body.Through.String()
	}
	return body, err
}

// placeAmongNotices reads where a page of notices begins: its cursor, or else where
// the list itself is to begin; the zero id where neither is named.
func placeAmongNotices(cursor, field, text string) (id notices.ID, err error) {
	if cursor != "" {
		field, text = "cursor", cursor
	}
	if text == "" {
		return id, nil
	}
	if id, err = notices.ParseID(text); err != nil {
		return id, problem.Invalid(field, err.Error(), "the id of a notice, such as 812.1, or a position")
	}
	return id, nil
}

func (s *API) getNotice(_ context.Context, in *struct {
	Notice string `path:"notice" doc:"Id of the notice" example:"812.1"`
	FormatInput
}) (body notices.Notice, err error) {
	id, err := notices.ParseID(in.Notice)
	if err != nil {
		return body, problem.Invalid("notice", err.Error(), "the id of a notice, such as 812.1")
	}
	notices, err := s.Notices.At(id.Position)
	if err != nil {
		return body, err
	}
	if id.N == 0 || int64(id.N) > int64(len(notices)) {
		return body, problem.NotFound("notice", "notice", in.Notice, fmt.Sprintf("an id listed at /v1/notices; the commit at position %d has %d", id.Position, len(notices)))
	}
	return notices[id.N-1], nil
}
