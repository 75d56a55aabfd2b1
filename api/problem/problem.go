// Package problem is the one table from an error to the status and the problem
// document (RFC 9457) that the client gets, and what writes it.
//
// Invariants:
//
//   - a problem document is application/problem+json, whatever was asked for;
//   - causes of internal errors are logged, never sent to clients.
package problem

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/imports"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
	"depositary/projections"
	"depositary/projections/model"
	"depositary/projections/whatif"
)

// Problem is every answer that is not a success (RFC 9457). Findings name each
// thing that is wrong: where, which rule and article, what would be accepted.
type Problem struct {
	Type     string          `json:"type" doc:"What kind of problem, such as urn:depositary:refused or urn:depositary:queried"`
	Title    string          `json:"title"`
	Status   int             `json:"status"`
	Detail   string          `json:"detail,omitempty"`
	Instance string          `json:"instance,omitempty" doc:"Id of the request, as in the log"`
	Findings []model.Finding `json:"findings,omitempty"`

	RetryAfter string `json:"-"` // seconds after which the request may be sent again, for the header
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// HasKind reports whether it is of a kind, as New takes it.
func (p *Problem) HasKind(kind string) bool { return p.Type == "urn:depositary:"+kind }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of problem documents, whatever was asked for.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// New makes a problem of a kind, which its type names.
func New(status int, kind, detail string) *Problem {
	return &Problem{Type: "urn:depositary:" + kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

// Finding names one thing that is wrong, and what would be accepted.
func Finding(code domain.Code, field, message, accepted string) []model.Finding {
	return []model.Finding{{Code: code, Kind: domain.Rejected, Field: field, Message: message, Accepted: accepted}}
}

// Invalid says that the value of a field cannot be understood (422).
func Invalid(field, message, accepted string) *Problem {
	p := New(http.StatusUnprocessableEntity, "input", "the request cannot be understood")
	p.Findings = Finding(CodeInputInvalid, field, message, accepted)
	return p
}

// NotFound says that nothing of the kind is held under the text that a
// parameter names.
func NotFound(parameter, what, text, accepted string) *Problem {
	p := New(http.StatusNotFound, "not-found", fmt.Sprintf("no %s %q is recorded", what, Clip(text)))
	p.Findings = Finding(CodeNotFound, parameter, p.Detail, accepted)
	return p
}

// Clip keeps what somebody sent from filling an answer.
func Clip(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// Codes of the door itself, beside those of the law.
const (
	CodeInputInvalid domain.Code = "INPUT_INVALID"
	CodeNotFound     domain.Code = "NOT_FOUND"

	// CodeActsNotRecorded refuses a question whose answer would be made of nothing.
	CodeActsNotRecorded domain.Code = "ACTS_NOT_RECORDED"

	CodeTokenRequired domain.Code = "TOKEN_REQUIRED"
	CodeRoleRequired  domain.Code = "ROLE_REQUIRED"

	// CodeWebhookState refuses an operation that the state of a subscription does not allow.
	CodeWebhookState domain.Code = "WEBHOOK_STATE"
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

// Of turns what the recorder and the views say into a problem. The cause
// of an internal error is for the log, not for the answer.
func Of(err error) error {
	var decision *recorder.DecisionError
	var input *projections.InputError
	var unrecorded *projections.NotRecordedError
	var refused *whatif.RefusedError
	var file *imports.FileError
	var format *commands.FormatError
	var role *commands.RoleError
	var withdrawn *commands.WithdrawnError
	var webhook *webhooks.OperationError
	var unwritten *recorder.NotRecordedError
	switch {
	case errors.As(err, &file):
		return fileProblem(file)
	case errors.As(err, &format):
		p := New(http.StatusNotFound, "not-found", format.Error())
		p.Findings = Finding(CodeNotFound, "format", p.Detail, commands.FormatNames())
		return p
	case errors.As(err, &role):
		return Auth(http.StatusForbidden, role.Error(), role.Wanted)
	case errors.As(err, &withdrawn):
		return New(http.StatusGone, "withdrawn", withdrawn.Error())
	case errors.Is(err, commands.ErrNoDocument):
		p := New(http.StatusNotFound, "not-found", err.Error())
		p.Findings = Finding(CodeNotFound, "digest", p.Detail, "the digest of a document that an act names")
		return p
	case errors.Is(err, commands.ErrNoProposal):
		p := New(http.StatusNotFound, "not-found", err.Error())
		p.Findings = Finding(CodeNotFound, "proposal", p.Detail, "an id listed at /v1/proposals")
		return p
	case errors.Is(err, commands.ErrNoToken):
		p := New(http.StatusNotFound, "not-found", err.Error())
		p.Findings = Finding(CodeNotFound, "token", p.Detail, "an id listed at /v1/tokens")
		return p
	case errors.Is(err, commands.ErrDecided):
		return New(http.StatusConflict, "decided", err.Error())
	case errors.Is(err, commands.ErrNotShown):
		p := New(http.StatusConflict, "not-shown", err.Error())
		p.Findings = Finding(CodeInputInvalid, "digest", p.Detail, "the digest that the proposal shows now, when you have looked at it")
		return p
	case auth.IsRelated(err):
		return Auth(http.StatusForbidden, err.Error(), "the token of another person, which neither of the two has made")
	case errors.As(err, &refused):
		p := New(http.StatusUnprocessableEntity, "refused", "the assumed action is not permitted")
		p.Findings = model.FromFindings(refused.Findings)
		return p
	case errors.As(err, &decision):
		return decided(decision)
	case errors.As(err, &unrecorded):
		p := New(http.StatusUnprocessableEntity, "acts-not-recorded", unrecorded.Error())
		p.Findings = Finding(CodeActsNotRecorded, "treaty", p.Detail, unrecorded.Accepted())
		return p
	case errors.As(err, &input):
		return Invalid(input.Field, input.Reason, input.Accepted)
	case errors.As(err, &unwritten):
		return notRecorded(unwritten)
	case errors.Is(err, recorder.ErrUnavailable):
		return Unavailable("ledger unavailable: it is not known whether the command was recorded; send it again with the same Idempotency-Key")
	case errors.Is(err, recorder.ErrClosed):
		return Unavailable("the node is stopping; nothing was recorded")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Unavailable("the request ended before its answer; send it again with the same Idempotency-Key")
	case errors.As(err, &webhook):
		return webhookProblem(webhook)
	}
	return &Internal{err}
}

// Unavailable says that the answer may come later (503).
func Unavailable(detail string) *Problem {
	p := New(http.StatusServiceUnavailable, "unavailable", detail)
	p.RetryAfter = "2"
	return p
}

// NotRecorded is the kind of problem of a command that the ledger could not take,
// and that was certainly not recorded.
const NotRecorded = "not-recorded"

func notRecorded(e *recorder.NotRecordedError) *Problem {
	status := http.StatusServiceUnavailable
	if e.Full {
		status = http.StatusInsufficientStorage
	}
	p := New(status, NotRecorded, e.Error())
	p.RetryAfter = "2"
	return p
}

func decided(e *recorder.DecisionError) *Problem {
	if len(e.Refusals) == 0 {
		p := New(http.StatusUnprocessableEntity, "queried", "unusual: send the same command with a reason to confirm it")
		p.Findings = model.FromFindings(e.Queries)
		return p
	}
	status := http.StatusUnprocessableEntity
	for _, f := range e.Refusals {
		if s := statusOf(f); s != http.StatusUnprocessableEntity {
			status = s
		}
	}
	p := New(status, "refused", "nothing was recorded")
	p.Findings = model.FromFindings(append(append([]domain.Finding{}, e.Refusals...), e.Queries...))
	return p
}

// Internal carries the cause of an internal error to the log.
type Internal struct{ Cause error }

func (e *Internal) Error() string { return e.Cause.Error() }
func (e *Internal) Unwrap() error { return e.Cause }

// Defect is the answer to an internal error.
func Defect() *Problem {
	return New(http.StatusInternalServerError, "internal", "internal error; see the server log for the id of this request")
}

// Auth is the problem of a request that needs a token (401),
// or without another role (403).
func Auth(status int, message, accepted string) *Problem {
	kind, code := "token", CodeTokenRequired
	if status == http.StatusForbidden {
		kind, code = "role", CodeRoleRequired
	}
	p := New(status, kind, message)
	p.Findings = Finding(code, "Authorization", message, accepted)
	return p
}

// fileProblem says why nothing of a file can be taken in.
func fileProblem(e *imports.FileError) *Problem {
	where := e.File
	if e.Line > 0 {
		where += fmt.Sprintf(", line %d", e.Line)
	}
	if e.Column != "" {
		where += ", column " + Clip(e.Column)
	}
	p := New(http.StatusUnprocessableEntity, "file", "nothing of the file "+Clip(e.File)+" can be taken in; nothing was recorded")
	p.Findings = Finding(domain.Code(e.Code), where, e.Message, e.Accepted)
	return p
}

// webhookProblem says why an operation on a subscription failed. What is no error
// of the subscription is one of the storage that the nodes share.
func webhookProblem(e *webhooks.OperationError) *Problem {
	var spec *webhooks.SpecError
	switch {
	case errors.As(e.Cause, &spec):
		return Invalid(spec.Field, spec.Problem, spec.Accepted)
	case errors.Is(e.Cause, webhooks.ErrUnknown):
		return NotFound("webhook", "subscription", e.Subscription, "an id listed at /v1/webhooks")
	case errors.Is(e.Cause, webhooks.ErrUnverified):
		return webhookState(e.Cause, "verify the address first: POST /v1/webhooks/{webhook}/verify")
	case errors.Is(e.Cause, webhooks.ErrState):
		return webhookState(e.Cause, "the operation in another state; GET /v1/webhooks/{webhook} shows which it is in")
	case errors.Is(e.Cause, eventstore.ErrRevision):
		p := New(http.StatusPreconditionFailed, "stale", "the subscription was changed in between")
		p.Findings = Finding(domain.CodeStaleRevision, "If-Match", p.Detail, "its revision as it is now")
		return p
	}
	return Unavailable("shared storage is unavailable; try again")
}

func webhookState(cause error, accepted string) *Problem {
	p := New(http.StatusConflict, "state", cause.Error())
	p.Findings = Finding(CodeWebhookState, "webhook", p.Detail, accepted)
	return p
}
