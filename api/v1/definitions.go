package v1

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/commands"
	"depositary/api/problem"
	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/eventstore/recorder"
	"depositary/projections/model"
)

// A definition is written by hand, from the text of a treaty. So its writer
// learns of all mistakes at once, each with its line, column and field: those of
// form, and those that the law finds in what can be read.

type ReasonInput struct {
	Reason string `query:"reason" doc:"Why it is added or corrected"`
	Seen   uint64 `query:"seen" doc:"Revision that the writer had seen; refused if it has changed since"`
}

// asSent is a body as it was sent: it is read where all its mistakes are found.
type asSent[T any] struct{ data []byte }

// take copies the body: the buffer that it came in is used for the next request.
func (b *asSent[T]) take(data []byte) { b.data = bytes.Clone(data) }

// Schema describes the body as what it has to be.
func (asSent[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

// asFile is a document of one definition, or of an array of them.
type asFile[T any] struct{ asSent[T] }

// Schema describes both.
func (asFile[T]) Schema(r huma.Registry) *huma.Schema {
	one := r.Schema(reflect.TypeFor[T](), true, "")
	return &huma.Schema{OneOf: []*huma.Schema{one, {Type: huma.TypeArray, Items: one}}}
}

// A kind is one of the four that are defined: how its definitions are made
// commands, and where each has its address.
type kind[T any] struct {
	define  func(T) domain.Define
	within  string         // of the fields that the law names
	id      func(T) string // of the definition, as the path of its address has it
	address func(T) string
}

var (
	treatyKind = kind[model.Treaty]{
		define:  func(m model.Treaty) domain.Define { t := m.ToDomain(); return domain.Define{Treaty: &t} },
		id:      func(m model.Treaty) string { return string(m.ID) },
		address: func(m model.Treaty) string { return Address("getTreaty", "treaty", string(m.ID)) },
	}
	participantKind = kind[model.Participant]{
		define: func(m model.Participant) domain.Define {
			return domain.Define{Participants: []domain.Participant{m.ToDomain()}}
		},
		within:  "participants[0].",
		id:      func(m model.Participant) string { return string(m.ID) },
		address: func(m model.Participant) string { return Address("getParticipant", "participant", string(m.ID)) },
	}
	groupKind = kind[model.Group]{
		define:  func(m model.Group) domain.Define { return domain.Define{Groups: []domain.Group{m.ToDomain()}} },
		within:  "groups[0].",
		id:      func(m model.Group) string { return string(m.ID) },
		address: func(m model.Group) string { return Address("getGroup", "group", string(m.ID)) },
	}
	weightsKind = kind[model.Weights]{
		define: func(m model.Weights) domain.Define { return domain.Define{Weights: []domain.Weights{m.ToDomain()}} },
		within: "weights[0].",
		id:     func(m model.Weights) string { return string(m.ID) + "/" + m.Edition },
		address: func(m model.Weights) string {
			return Address("getWeights", "weights", string(m.ID), "edition", m.Edition)
		},
	}
)

const definitionsDescription = "The body is one object or an array of objects. Every mistake in it is answered at once, with its line, column and field: " +
	"what cannot be read, and what the law finds in the rest; nothing is recorded then. Definitions may refer to those before them."

// definedIn is a document that was sent, read as far as it can be.
type definedIn[T any] struct {
	*catalogue.Reading[T]
	kind     kind[T]
	commands []*domain.Define
	api      *API
}

// read reads a document; its reason and revision are those of the request.
func (k kind[T]) read(s *API, data []byte, in ReasonInput) (*definedIn[T], error) {
	reading, err := catalogue.Read[T]("body", data)
	var at *catalogue.DocumentError
	switch {
	case errors.As(err, &at):
		return nil, invalidBody(fmt.Sprintf("line %d, column %d: %s", at.Line, at.Column, at.Reason), "JSON")
	case err != nil:
		return nil, err
	case len(reading.Values) == 0:
		return nil, invalidBody("the document states nothing", "one object, or an array of objects")
	}
	d := &definedIn[T]{Reading: reading, kind: k, api: s}
	for _, v := range reading.Values {
		define := k.define(v)
		define.Reason, define.Seen = in.Reason, in.Seen
		d.commands = append(d.commands, &define)
	}
	return d, nil
}

// mistakes returns a problem with everything that is wrong in the document, nil
// where nothing is.
func (d *definedIn[T]) mistakes() error {
	found, err := d.api.Secretariat.Findings(d.commands)
	if err != nil {
		return err
	}
	var all []model.Finding
	for _, m := range d.Mistakes {
		all = append(all, model.Finding{Code: problem.CodeInputInvalid, Kind: domain.Rejected, Field: m.Field, Line: m.Line, Column: m.Column, Message: problem.Clip(m.Reason), Accepted: m.Accepted})
	}
	for n, findings := range found {
		for _, f := range model.FromFindings(findings) {
			if f, readable := d.placed(n, f); readable && !d.definedBefore(n, f) {
				all = append(all, f)
			}
		}
	}
	all = d.described(all)
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b model.Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	p := problem.New(http.StatusUnprocessableEntity, "input", fmt.Sprintf("the document has %d mistakes; nothing was recorded", len(all)))
	if len(all) == 1 {
		p.Detail = "the document has a mistake; nothing was recorded"
	}
	if !slices.ContainsFunc(all, func(f model.Finding) bool { return f.Kind != domain.Query }) {
		p = problem.New(http.StatusUnprocessableEntity, "queried", "unusual: send the same document with a reason to confirm it")
	}
	p.Findings = all
	return p
}

// definedBefore reports whether a finding misses what stands before it in the same
// document, where a mistake keeps it from being recorded.
func (d *definedIn[T]) definedBefore(n int, f model.Finding) bool {
	if f.Code != domain.CodeUnknownTreaty && f.Code != domain.CodeUnknownParticipant {
		return false
	}
	return slices.ContainsFunc(d.Values[:n], func(v T) bool { return strings.Contains(f.Message, strconv.Quote(d.kind.id(v))) })
}

// placed puts a finding of the law in its place in the document; false where what it
// is about could not be read.
func (d *definedIn[T]) placed(n int, f model.Finding) (model.Finding, bool) {
	path := d.Path(n, strings.TrimPrefix(f.Field, d.kind.within))
	m := d.Mistake(path, f.Message)
	if f.Field = path; path != "" {
		f.Line, f.Column = m.Line, m.Column
	}
	return f, !d.Mistaken(path)
}

// described adds what the description of the API requires beyond that, such as a
// member that is missing.
func (d *definedIn[T]) described(all []model.Finding) []model.Finding {
	var values []any
	if d.List {
		_ = json.Unmarshal(d.Sent(), &values) // it was read before
	} else {
		values = make([]any, 1)
		_ = json.Unmarshal(d.Sent(), &values[0])
	}
	registry := d.api.api.OpenAPI().Components.Schemas
	schema := registry.Schema(reflect.TypeFor[T](), true, "")
	for n, v := range values {
		result := new(huma.ValidateResult)
		huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, v, result)
		for _, err := range result.Errors {
			f := explain(http.StatusUnprocessableEntity, err)
			f.Field = strings.TrimPrefix(f.Field, ".")
			f, readable := d.placed(n, f)
			if readable && !slices.ContainsFunc(all, func(other model.Finding) bool { return other.Field == f.Field }) {
				all = append(all, f)
			}
		}
	}
	return all
}

// definition carries out a document of one definition, whose id is in the path.
func definition[I, T any](k kind[T], of func(*I) (*asSent[T], WriteInput, ReasonInput, string)) handling {
	return unvalidated(whole(func(s *API, ctx context.Context, in *I) (*writeOutput, error) {
		sent, write, reason, inPath := of(in)
		d, err := k.read(s, sent.data, reason)
		switch {
		case err != nil:
			return nil, err
		case d.List:
			return nil, invalidBody("the body is a list", "one object; a list is sent with POST to the address of all")
		case len(d.Mistakes) > 0 || len(d.described(nil)) > 0:
			return nil, d.mistakes()
		}
		if inBody := k.id(d.Values[0]); inBody != inPath {
			return nil, problem.Invalid("id", "the document is about "+inBody+", the path about "+inPath, inPath)
		}
		out, err := s.carryOut(ctx, order{write, d.commands[0]})
		return out, d.place(err)
	}))
}

// place puts what the law refuses in its place in a document of one definition.
func (d *definedIn[T]) place(err error) error {
	var decision *recorder.DecisionError
	var p *problem.Problem
	if !errors.As(err, &decision) || !errors.As(problem.Of(err), &p) {
		return err
	}
	for i, f := range p.Findings {
		p.Findings[i], _ = d.placed(0, f)
	}
	return p
}

// Defined is what became of one definition of a document.
type Defined struct {
	Address   string            `json:"address" doc:"Where it is asked for"`
	Unchanged bool              `json:"unchanged,omitempty" doc:"It is recorded already, in these words"`
	Receipt   *commands.Receipt `json:"receipt,omitempty" doc:"Absent where nothing was to be recorded, and in a dry run of several"`
}

type definedOutput struct {
	Status int
	Body   struct {
		Definitions []Defined `json:"definitions" doc:"In the order of the document"`
	}
}

// definitions carries out a document of one or several: all are checked before
// anything is recorded.
func definitions[T any](k kind[T]) handling {
	type input struct {
		WriteInput
		Reason string `query:"reason" doc:"Why they are added or corrected"`
		Body   asFile[T]
	}
	return unvalidated(whole(func(s *API, ctx context.Context, in *input) (*definedOutput, error) {
		d, err := k.read(s, in.Body.data, ReasonInput{Reason: in.Reason})
		if err != nil {
			return nil, err
		}
		if err := d.mistakes(); err != nil {
			return nil, err
		}
		return d.carryOut(ctx, in.WriteInput)
	}))
}

// carryOut records the definitions one after the other.
func (d *definedIn[T]) carryOut(ctx context.Context, in WriteInput) (*definedOutput, error) {
	out := &definedOutput{Status: http.StatusOK}
	for n, command := range d.commands {
		done := Defined{Address: d.kind.address(d.Values[n])}
		one := order{in, command}
		if n > 0 && in.Idempotency != "" {
			one.Idempotency = fmt.Sprintf("%s/%d", in.Idempotency, n+1)
		}
		switch {
		case len(d.commands) > 1 && d.api.Secretariat.Unchanged(command):
			done.Unchanged = true
		case len(d.commands) > 1 && in.DryRun: // each may need the one before it
		default:
			answer, err := d.api.carryOut(ctx, one)
			if err != nil {
				return nil, d.failedAt(n, err)
			}
			done.Receipt, out.Status = &answer.Body, answer.Status
		}
		out.Body.Definitions = append(out.Body.Definitions, done)
	}
	return out, nil
}

// failedAt says which of several could not be recorded: those before it stand.
func (d *definedIn[T]) failedAt(n int, err error) error {
	var p *problem.Problem
	if !errors.As(problem.Of(err), &p) {
		return err
	}
	if n > 0 {
		p.Detail = fmt.Sprintf("%s: %s; those before it are recorded", d.kind.address(d.Values[n]), p.Detail)
	}
	for i, f := range p.Findings {
		p.Findings[i], _ = d.placed(n, f)
	}
	return p
}

// unvalidated leaves the check of the body to the handler.
func unvalidated(h handling) handling {
	inner := h.register
	h.register = func(s *API, o huma.Operation) {
		o.SkipValidateBody = true
		inner(s, o)
	}
	return h
}

type treatyDefinition struct {
	Treaty domain.TreatyID `path:"treaty" example:"IV-13"`
	WriteInput
	ReasonInput
	Body asSent[model.Treaty]
}

func defineTreaty() handling {
	return definition(treatyKind, func(in *treatyDefinition) (*asSent[model.Treaty], WriteInput, ReasonInput, string) {
		return &in.Body, in.WriteInput, in.ReasonInput, string(in.Treaty)
	})
}

type participantDefinition struct {
	Participant domain.ParticipantID `path:"participant" names:"participants" example:"TUR"`
	WriteInput
	ReasonInput
	Body asSent[model.Participant]
}

func defineParticipant() handling {
	return definition(participantKind, func(in *participantDefinition) (*asSent[model.Participant], WriteInput, ReasonInput, string) {
		return &in.Body, in.WriteInput, in.ReasonInput, string(in.Participant)
	})
}

type groupDefinition struct {
	Group domain.GroupID `path:"group" example:"OECD"`
	WriteInput
	ReasonInput
	Body asSent[model.Group]
}

func defineGroup() handling {
	return definition(groupKind, func(in *groupDefinition) (*asSent[model.Group], WriteInput, ReasonInput, string) {
		return &in.Body, in.WriteInput, in.ReasonInput, string(in.Group)
	})
}

type weightsDefinition struct {
	Weights domain.WeightsID `path:"weights" example:"migrant-stock"`
	Edition string           `path:"edition" example:"2020"`
	WriteInput
	ReasonInput
	Body asSent[model.Weights]
}

func defineWeights() handling {
	return definition(weightsKind, func(in *weightsDefinition) (*asSent[model.Weights], WriteInput, ReasonInput, string) {
		return &in.Body, in.WriteInput, in.ReasonInput, string(in.Weights) + "/" + in.Edition
	})
}
