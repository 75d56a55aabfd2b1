package v1

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
	"depositary/projections/model"
)

// output is an answer with a body.
type output[T any] struct{ Body T }

// read registers a question.
func read[I, T any](s *API, path, id, summary, tag string, handler func(*I) (T, error)) {
	operation := huma.Operation{
		Method: http.MethodGet, Path: path, OperationID: id, Summary: summary, Tags: []string{tag},
		Errors: []int{http.StatusNotFound, http.StatusNotAcceptable, http.StatusUnprocessableEntity, http.StatusTooManyRequests},
	}
	if _, ok := any(*new(T)).(tabular); ok {
		tabled(&operation)
	} else {
		operation.Middlewares = huma.Middlewares{s.noTable}
	}
	huma.Register(s.api, operation, func(_ context.Context, in *I) (*output[T], error) {
		body, err := handler(in)
		if err != nil {
			return nil, s.failed(id, err)
		}
		return &output[T]{body}, nil
	})
	s.api.OpenAPI().Paths[path].Get.Responses["304"] = &huma.Response{Description: "What If-None-Match names is still the answer"}
}

// noTable refuses CSV where an answer has no form as a table.
func (s *API) noTable(ctx huma.Context, next func(huma.Context)) {
	if ctx.Header("Accept") == MediaCSV {
		p := problem.New(http.StatusNotAcceptable, "format", "this answer has no form as a table")
		p.Findings = problem.Finding(problem.CodeInputInvalid, "format", p.Detail, MediaJSON)
		s.writeProblem(ctx, p)
		return
	}
	next(ctx)
}

type QuestionInput struct {
	AxesInput
	FormatInput
}

type TreatyInput struct {
	Treaty string `path:"treaty" doc:"Id or short name of the treaty" example:"ICMW"`
	AxesInput
	FormatInput
}

type ParticipantInput struct {
	Participant string `path:"participant" doc:"Id, code or name of the participant" example:"DEU"`
	AxesInput
	FormatInput
}

type PageInput struct {
	Cursor string `query:"cursor" doc:"Where the page begins: next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"1000" doc:"How many entries at most"`
}

func (s *API) routesRead() {
	read(s, "/v1/treaties", "listTreaties", "All treaties with their counts", "Treaties", s.listTreaties)
	read(s, "/v1/treaties/{treaty}", "getTreaty", "A treaty with its final clauses, in the form in which it can be sent back", "Treaties", s.getTreaty)
	read(s, "/v1/treaties/{treaty}/status", "treatyStatus", "The status table of a treaty", "Treaties", s.treatyStatus)
	read(s, "/v1/treaties/{treaty}/entry-into-force", "entryIntoForce", "Whether and when the treaty enters into force, and why", "Treaties", s.entryIntoForce)
	read(s, "/v1/treaties/{treaty}/timeline", "treatyTimeline", "What happened in law, day by day", "Treaties", s.treatyTimeline)
	read(s, "/v1/treaties/{treaty}/gap", "gap", "Which receiving countries are bound, and what share of the world's migrants lives in States that are", "Gap", s.gap)
	read(s, "/v1/treaties/{treaty}/participants/{participant}", "participation", "One participant and one treaty, with history and reasons", "Treaties", s.participation)
	read(s, "/v1/participants", "listParticipants", "All participants", "Participants", s.listParticipants)
	read(s, "/v1/participants/{participant}", "getParticipant", "A participant, in the form in which it can be sent back", "Participants", s.getParticipant)
	read(s, "/v1/participants/{participant}/status", "participantStatus", "Where a participant stands in respect of every treaty", "Participants", s.participantStatus)
	read(s, "/v1/participants/{participant}/timeline", "participantTimeline", "What a participant did, and what followed", "Participants", s.participantTimeline)
	read(s, "/v1/matrix", "matrix", "Participants and treaties", "Treaties", s.matrix)
	read(s, "/v1/groups", "listGroups", "All groups of participants", "Groups and weights", s.listGroups)
	read(s, "/v1/groups/{group}", "getGroup", "A group, in the form in which it can be sent back", "Groups and weights", s.getGroup)
	read(s, "/v1/weights", "listWeights", "All weight tables and their editions", "Groups and weights", s.listWeights)
	read(s, "/v1/weights/{weights}/{edition}", "getWeights", "One edition of a weight table, in the form in which it can be sent back", "Groups and weights", s.getWeights)
	read(s, "/v1/ledger", "listLedger", "The ledger, commit by commit", "Ledger", s.listLedger)
	read(s, "/v1/ledger/{position}", "getCommit", "One commit", "Ledger", s.getCommit)
	read(s, "/v1/actions/{record}", "getAction", "An act with its record, corrections and annulments", "Ledger", s.getAction)
}

func (s *API) listTreaties(in *struct {
	QuestionInput
	PageInput
}) (body treatiesBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	all := projections.Treaties(on)
	page, next, err := paged(all, in.PageInput, func(t projections.TreatySummary) string { return string(t.ID) })
	return treatiesBody{on.Axes, page, next}, err
}

// paged cuts a page out of a list; the cursor is the key of the entry before it.
func paged[T any](all []T, in PageInput, key func(T) string) (page []T, next string, err error) {
	start, page := 0, []T{}
	if in.Cursor != "" {
		start = slices.IndexFunc(all, func(v T) bool { return key(v) == in.Cursor }) + 1
		if start == 0 {
			return nil, "", problem.Invalid("cursor", fmt.Sprintf("%q is no cursor of this list", in.Cursor), "next of the page before")
		}
	}
	end := min(start+cmp.Or(in.Limit, 1000), len(all))
	if end < len(all) {
		next = key(all[end-1])
	}
	return append(page, all[start:end]...), next, nil
}

func (s *API) getTreaty(in *TreatyInput) (t model.Treaty, err error) {
	on, id, err := s.onTreaty(in)
	if err != nil {
		return t, err
	}
	held, ok := s.Projection.Current().State.Treaty(id, uint64(on.KnownAt))
	if !ok {
		return t, notKnownThen("treaty", in.Treaty, on)
	}
	return model.FromTreaty(*held), nil
}

func notKnownThen(what, text string, on projections.Query) error {
	return problem.NotFound("knownAt", what, text, fmt.Sprintf("a later knownAt: nothing was recorded of it up to position %d", on.KnownAt))
}

func (s *API) onTreaty(in *TreatyInput) (projections.Query, domain.TreatyID, error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return on, "", err
	}
	id, err := s.treaty(in.Treaty)
	return on, id, err
}

func (s *API) treatyStatus(in *TreatyInput) (body treatyStatusBody, err error) {
	on, id, err := s.onTreaty(in)
	if err != nil {
		return body, err
	}
	status, ok := projections.Status(on, id)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	return treatyStatusBody{status}, nil
}

func (s *API) entryIntoForce(in *TreatyInput) (body entryBody, err error) {
	on, id, err := s.onTreaty(in)
	if err != nil {
		return body, err
	}
	entry, ok := projections.Entry(on, id)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	return entryBody{entry}, nil
}

func (s *API) treatyTimeline(in *TreatyInput) (body timelineBody, err error) {
	on, id, err := s.onTreaty(in)
	if err != nil {
		return body, err
	}
	timeline, ok := projections.TreatyTimeline(on, id)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	return timelineBody{timeline}, nil
}

type GapInput struct {
	TreatyInput
	Receiving string `query:"receiving" default:"top20" doc:"What a receiving country is: top20, million, share10, high-income, or a group" example:"top20"`
	StockYear int    `query:"stockYear" minimum:"0" maximum:"9999" doc:"Year of the migrant stock; the latest on or before the as-of day where absent" example:"2020"`
	Edition   string `query:"edition" doc:"Edition of the migrant stock; the newest held where absent" example:"2020"`
}

func (s *API) gap(in *GapInput) (body gapBody, err error) {
	on, id, err := s.onTreaty(&in.TreatyInput)
	if err != nil {
		return body, err
	}
	gap, ok, err := gap.Of(on, gap.Question{Treaty: id, Receiving: in.Receiving, Edition: in.Edition, StockYear: in.StockYear})
	if !ok && err == nil {
		err = notKnownThen("treaty", in.Treaty, on)
	}
	return gapBody{gap}, err
}

func (s *API) participation(in *struct {
	Treaty      string `path:"treaty" example:"ICMW"`
	Participant string `path:"participant" example:"MLI"`
	AxesInput
}) (body projections.Participation, err error) {
	on, treaty, err := s.onTreaty(&TreatyInput{Treaty: in.Treaty, AxesInput: in.AxesInput})
	if err != nil {
		return body, err
	}
	participant, err := s.participant(in.Participant, on.AsOf)
	if err != nil {
		return body, err
	}
	body, ok := projections.OfParticipation(on, treaty, participant)
	if !ok {
		return body, notKnownThen("participation", in.Treaty+"/"+in.Participant, on)
	}
	return body, nil
}

func (s *API) listParticipants(in *struct {
	QuestionInput
	PageInput
}) (body participantsBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	var all []participantOnADay
	for _, p := range s.Projection.Current().State.Participants(uint64(on.KnownAt)) {
		all = append(all, participantOnADay{p.Name(on.AsOf), model.FromParticipant(*p)})
	}
	page, next, err := paged(all, in.PageInput, func(p participantOnADay) string { return string(p.ID) })
	return participantsBody{on.Axes, page, next}, err
}

func (s *API) onParticipant(in *ParticipantInput) (projections.Query, domain.ParticipantID, error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return on, "", err
	}
	id, err := s.participant(in.Participant, on.AsOf)
	return on, id, err
}

func (s *API) getParticipant(in *ParticipantInput) (p model.Participant, err error) {
	on, id, err := s.onParticipant(in)
	if err != nil {
		return p, err
	}
	held, ok := s.Projection.Current().State.Participant(id, uint64(on.KnownAt))
	if !ok {
		return p, notKnownThen("participant", in.Participant, on)
	}
	return model.FromParticipant(*held), nil
}

func (s *API) participantStatus(in *ParticipantInput) (body participantStatusBody, err error) {
	on, id, err := s.onParticipant(in)
	if err != nil {
		return body, err
	}
	status, ok := projections.OfParticipant(on, id)
	if !ok {
		return body, notKnownThen("participant", in.Participant, on)
	}
	return participantStatusBody{status}, nil
}

func (s *API) participantTimeline(in *ParticipantInput) (body timelineBody, err error) {
	on, id, err := s.onParticipant(in)
	if err != nil {
		return body, err
	}
	timeline, ok := projections.ParticipantTimeline(on, id)
	if !ok {
		return body, notKnownThen("participant", in.Participant, on)
	}
	return timelineBody{timeline}, nil
}

func (s *API) matrix(in *struct {
	QuestionInput
	Treaties []string `query:"treaties" doc:"Ids, short names or aliases; all where absent" example:"ICMW,C97"`
	Group    []string `query:"group" doc:"Only who belongs to one of these groups on the day, with commas; then all of them are shown, also those that have done nothing" example:"OECD"`
	Show     string   `query:"show" enum:"gaps,signed" doc:"gaps: who could consent to one of the treaties and has not, whether or not it has done anything; signed: who has signed one of them and not consented to it" example:"gaps"`
}) (body matrixBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	q := projections.MatrixQuestion{Show: in.Show}
	for _, text := range in.Treaties {
		id, err := s.treaty(strings.TrimSpace(text))
		if err != nil {
			return body, err
		}
		q.Treaties = append(q.Treaties, id)
	}
	for _, text := range in.Group {
		q.Groups = append(q.Groups, domain.GroupID(strings.ToUpper(strings.TrimSpace(text))))
	}
	body.Matrix, err = projections.MatrixOf(on, q)
	return body, err
}
