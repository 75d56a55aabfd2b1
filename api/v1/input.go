package v1

import (
	"errors"
	"reflect"
	"strings"

	"depositary/api/commands"
	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/find"
)

// AxesInput is how a question is put on the three axes.
type AxesInput struct {
	AsOf       string `query:"asOf" doc:"The legal day for which to answer; today at the depositary where absent" example:"2003-07-01"`
	ReceivedBy string `query:"receivedBy" doc:"Answer of what the depositary had received by this day; everything where absent" example:"2006-07-01"`
	KnownAt    string `query:"knownAt" doc:"Answer of what the ledger held by then: a position, an instant or a day (to its end, UTC)" example:"812"`
}

// FormatInput chooses the representation of a table.
type FormatInput struct {
	Format string `query:"format" enum:"json,csv" doc:"json, or csv for tables; otherwise as the Accept header says"`
	BOM    bool   `query:"bom" doc:"For csv: begin with a byte order mark, by which Excel knows that the text is UTF-8"`
}

// on puts a question on its axes.
func (s *API) on(in AxesInput) (projections.Query, error) {
	on, err := s.Projection.Current().Ask(in.AsOf, in.ReceivedBy, in.KnownAt, s.Today())
	if err != nil {
		return on, problem.Of(err)
	}
	return on, nil
}

// treaty finds a treaty by id, short name, alias or title.
func (s *API) treaty(text string) (domain.TreatyID, error) {
	id, err := find.Treaty(s.Projection.Current().State, text)
	if err != nil {
		return "", notCalled("treaty", "treaty", text, err, "an id, short name or alias listed at /v1/treaties")
	}
	return id, nil
}

// participant finds a participant by id, code or name, in any of the languages.
func (s *API) participant(text string, on domain.Date) (domain.ParticipantID, error) {
	found, err := find.Participant(s.Projection.Current().State, text, on)
	if err != nil {
		return "", notCalled("participant", "participant", text, err, "an id, code or name listed at /v1/participants")
	}
	return found.ID, nil
}

// notCalled answers a name that nothing has with the nearest names.
func notCalled(parameter, what, text string, err error, accepted string) error {
	p := problem.NotFound(parameter, what, text, accepted)
	p.Findings[0].Message = problem.Clip(err.Error())
	var unknown *find.UnknownError
	if errors.As(err, &unknown) && len(unknown.Near) > 0 {
		p.Findings[0].Accepted = unknown.Suggestions() + ", or another " + strings.TrimPrefix(accepted, "an ")
	}
	return p
}

type QuestionInput struct {
	AxesInput
	FormatInput
}

type WriteInput struct {
	Idempotency string `header:"Idempotency-Key" maxLength:"128" doc:"Id of the command: sent again it is recorded once and gets the first answer"`
	DryRun      bool   `query:"dryRun" doc:"Answer as if it were recorded, and record nothing"`
}

type writeOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     commands.Receipt
}

// inField says that a problem is about another parameter than the one that
// usually has such a value.
func inField(err error, field string) error {
	var p *problem.Problem
	if errors.As(err, &p) {
		for i := range p.Findings {
			p.Findings[i].Field = field
		}
	}
	return err
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
