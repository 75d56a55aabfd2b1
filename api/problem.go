package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"depositary/api/commands"
	"depositary/api/imports"
	"depositary/domain"
	"depositary/eventstore/recorder"
	"depositary/projections"
	"depositary/projections/whatif"
)

// Problem is every answer that is not a success (RFC 9457). Findings name each
// thing that is wrong: where, which rule and article, what would be accepted.
type Problem struct {
	Type     string           `json:"type" doc:"What kind of problem, such as urn:depositary:refused or urn:depositary:queried"`
	Title    string           `json:"title"`
	Status   int              `json:"status"`
	Detail   string           `json:"detail,omitempty"`
	Instance string           `json:"instance,omitempty" doc:"Id of the request, as in the log"`
	Findings []domain.Finding `json:"findings,omitempty"`

	retryAfter string
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType gives the media type of problem documents, whatever was asked for.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problem(status int, kind, detail string) *Problem {
	return &Problem{Type: "urn:depositary:" + kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

func finding(code domain.Code, field, message, accepted string) []domain.Finding {
	return []domain.Finding{{Code: code, Kind: domain.Rejected, Field: field, Message: message, Accepted: accepted}}
}

func invalid(field, message, accepted string) *Problem {
	p := problem(http.StatusUnprocessableEntity, "input", "the request cannot be understood")
	p.Findings = finding(CodeInputInvalid, field, message, accepted)
	return p
}

// notFound says that nothing of the kind is held under the text that a
// parameter names.
func notFound(parameter, what, text, accepted string) *Problem {
	p := problem(http.StatusNotFound, "not-found", fmt.Sprintf("no %s %q is held", what, clip(text)))
	p.Findings = finding(CodeNotFound, parameter, p.Detail, accepted)
	return p
}

// clip keeps what somebody sent from filling an answer.
func clip(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// Codes of the door itself, beside those of the law.
const (
	CodeInputInvalid  domain.Code = "INPUT_INVALID"
	CodeNotFound      domain.Code = "NOT_FOUND"
	CodeTokenRequired domain.Code = "TOKEN_REQUIRED"
	CodeRoleRequired  domain.Code = "ROLE_REQUIRED"
)

// statusOf is the table from a refusal to HTTP status; every other is 422. What
// the path names and is not held is 404; what only the command names is not.
func statusOf(f domain.Finding) int {
	switch {
	case f.Code == domain.CodeStaleRevision:
		return http.StatusPreconditionFailed
	case f.Code == domain.CodeCommandReused:
		return http.StatusConflict
	case f.Code == domain.CodeUnknownRecord && f.Field == "record", f.Code == domain.CodeUnknownTreaty && f.Field == "treaty":
		return http.StatusNotFound
	}
	return http.StatusUnprocessableEntity
}

// problemOf turns what the recorder and the views say into a problem. The cause
// of what is nobody's input is for the log, not for the answer.
func problemOf(err error) error {
	var decision *recorder.DecisionError
	var input *projections.InputError
	var refused *whatif.RefusedError
	var file *imports.FileError
	var format *commands.FormatError
	var role *commands.RoleError
	switch {
	case errors.As(err, &file):
		return fileProblem(file)
	case errors.As(err, &format):
		p := problem(http.StatusNotFound, "not-found", format.Error())
		p.Findings = finding(CodeNotFound, "format", p.Detail, commands.FormatNames())
		return p
	case errors.As(err, &role):
		return authProblem(http.StatusForbidden, role.Error(), role.Wanted)
	case errors.Is(err, commands.ErrNoDocument):
		p := problem(http.StatusNotFound, "not-found", err.Error())
		p.Findings = finding(CodeNotFound, "digest", p.Detail, "the digest of a document that an act names")
		return p
	case errors.Is(err, commands.ErrNoProposal):
		p := problem(http.StatusNotFound, "not-found", err.Error())
		p.Findings = finding(CodeNotFound, "proposal", p.Detail, "an id listed at /v1/proposals")
		return p
	case errors.Is(err, commands.ErrDecided):
		return problem(http.StatusConflict, "decided", err.Error())
	case errors.Is(err, commands.ErrOwnProposal):
		return authProblem(http.StatusForbidden, err.Error(), "the token of another person")
	case errors.As(err, &refused):
		p := problem(http.StatusUnprocessableEntity, "refused", "the law refuses what is supposed")
		p.Findings = refused.Findings
		return p
	case errors.As(err, &decision):
		return decided(decision)
	case errors.As(err, &input):
		return invalid(input.Field, input.Reason, input.Accepted)
	case errors.Is(err, recorder.ErrUnavailable):
		return unavailable("the ledger does not answer: whether the command was recorded is not known; send it again with the same Idempotency-Key")
	case errors.Is(err, recorder.ErrClosed):
		return unavailable("the node is stopping; nothing was recorded")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unavailable("the request ended before its answer; send it again with the same Idempotency-Key")
	}
	return &internalError{err}
}

func unavailable(detail string) *Problem {
	p := problem(http.StatusServiceUnavailable, "unavailable", detail)
	p.retryAfter = "2"
	return p
}

func decided(e *recorder.DecisionError) *Problem {
	if len(e.Refusals) == 0 {
		p := problem(http.StatusUnprocessableEntity, "queried", "unusual: recorded only with a reason; send the same command with a reason, if it is as stated")
		p.Findings = e.Queries
		return p
	}
	status := http.StatusUnprocessableEntity
	for _, f := range e.Refusals {
		if s := statusOf(f); s != http.StatusUnprocessableEntity {
			status = s
		}
	}
	p := problem(status, "refused", "nothing was recorded")
	p.Findings = append(append([]domain.Finding{}, e.Refusals...), e.Queries...)
	return p
}

// internalError carries a cause to the log.
type internalError struct{ cause error }

func (e *internalError) Error() string { return e.cause.Error() }
func (e *internalError) Unwrap() error { return e.cause }

// defect is the answer to what is nobody's input.
func defect() *Problem {
	return problem(http.StatusInternalServerError, "internal", "something failed here; the log of the server tells what, under the id of this request")
}
