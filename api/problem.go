package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/domain"
	"depositary/eventstore/recorder"
	"depositary/projections"
)

// Problem is every answer that is not a success (RFC 9457). Findings name each
// thing that is wrong: where, which rule and article, what would be accepted.
type Problem struct {
	Type     string           `json:"type" doc:"What kind of problem: urn:depositary:refused, :queried, :conflict, … or about:blank"`
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

// GetHeaders gives what the status asks for.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Cache-Control": {"no-store"}}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="depositary"`)
	}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	return h
}

func problem(status int, kind, detail string) *Problem {
	return &Problem{Type: "urn:depositary:" + kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

func invalid(field, message, accepted string) *Problem {
	p := problem(http.StatusUnprocessableEntity, "input", "the request cannot be understood")
	p.Findings = []domain.Finding{{Code: CodeInputInvalid, Kind: domain.Rejected, Field: field, Message: message, Accepted: accepted}}
	return p
}

func notFound(what, text, accepted string) *Problem {
	p := problem(http.StatusNotFound, "not-found", fmt.Sprintf("no %s %q is held", what, text))
	p.Findings = []domain.Finding{{Code: CodeNotFound, Kind: domain.Rejected, Field: "path", Message: p.Detail, Accepted: accepted}}
	return p
}

// Codes of the door itself, beside those of the law.
const (
	CodeInputInvalid domain.Code = "INPUT_INVALID"
	CodeNotFound     domain.Code = "NOT_FOUND"
)

// statusOf is the table from code to HTTP status; every other refusal is 422.
var statusOf = map[domain.Code]int{
	domain.CodeStaleRevision: http.StatusPreconditionFailed,
	domain.CodeCommandReused: http.StatusConflict,
	domain.CodeUnknownRecord: http.StatusNotFound,
	domain.CodeUnknownTreaty: http.StatusNotFound,
}

// problemOf turns what the recorder and the views say into a problem. The cause
// of what is nobody's input is for the log, not for the answer.
func problemOf(err error) error {
	var decision *recorder.DecisionError
	var input *projections.InputError
	switch {
	case errors.As(err, &decision):
		return decided(decision)
	case errors.As(err, &input):
		return invalid(input.Field, input.Reason, input.Accepted)
	case errors.Is(err, recorder.ErrUnavailable), errors.Is(err, recorder.ErrClosed):
		p := problem(http.StatusServiceUnavailable, "unavailable", err.Error())
		p.retryAfter = "2"
		return p
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, "unavailable", "the request ended before its answer; send it again with the same Idempotency-Key")
	}
	return &internalError{err}
}

func decided(e *recorder.DecisionError) *Problem {
	if len(e.Refusals) == 0 {
		p := problem(http.StatusUnprocessableEntity, "queried", "unusual: recorded only with a reason; send the same command with a reason, if it is as stated")
		p.Findings = e.Queries
		return p
	}
	status := http.StatusUnprocessableEntity
	for _, f := range e.Refusals {
		if s, ok := statusOf[f.Code]; ok {
			status = s
		}
	}
	p := problem(status, "refused", "nothing was recorded")
	p.Findings = append(append([]domain.Finding{}, e.Refusals...), e.Queries...)
	return p
}

// internalError carries a cause to the log and a plain answer to the client.
type internalError struct{ cause error }

func (e *internalError) Error() string  { return e.cause.Error() }
func (e *internalError) Unwrap() error  { return e.cause }
func (e *internalError) GetStatus() int { return http.StatusInternalServerError }
func (e *internalError) MarshalJSON() ([]byte, error) {
	return json.Marshal(problem(http.StatusInternalServerError, "internal", "something failed here; the log of the server tells what, under the id of this request"))
}
func (e *internalError) ContentType(string) string { return "application/problem+json" }

// humaError makes the framework's own errors problem documents with findings.
func humaError(_ huma.Context, status int, message string, errs ...error) huma.StatusError {
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: message}
	if status == http.StatusUnprocessableEntity || status == http.StatusBadRequest {
		p.Type = "urn:depositary:input"
	}
	for _, err := range errs {
		if err == nil {
			continue
		}
		f := domain.Finding{Code: CodeInputInvalid, Kind: domain.Rejected, Message: err.Error()}
		var detail *huma.ErrorDetail
		if errors.As(err, &detail) {
			f.Field, f.Message = strings.TrimPrefix(detail.Location, "body."), detail.Message
		}
		p.Findings = append(p.Findings, f)
	}
	return p
}

// unmarshalJSON names line and column of broken JSON, and the field of a value
// that does not fit.
func unmarshalJSON(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: %w", place(data, syntax.Offset), err)
	case errors.As(err, &typed):
		return fmt.Errorf("%s: field %s cannot be a %s", place(data, typed.Offset), typed.Field, typed.Value)
	}
	return err
}

func place(data []byte, offset int64) string {
	before := string(data[:min(int(offset), len(data))])
	return fmt.Sprintf("line %d, column %d", strings.Count(before, "\n")+1, len(before)-strings.LastIndex(before, "\n")-1)
}
