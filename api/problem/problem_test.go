package problem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/imports"
	"depositary/api/problem"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
	"depositary/projections"
	"depositary/projections/whatif"
)

func refusal(code domain.Code, field string) error {
	return &recorder.DecisionError{Refusals: []domain.Finding{{Code: code, Kind: domain.Rejected, Field: field, Message: "because"}}}
}

func ofWebhook(cause error) error {
	return &webhooks.OperationError{Subscription: "s1", Cause: cause}
}

// Each error of the recorder, the views and the webhooks has its status, its kind and the
// code of its first finding.
func TestOf(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
		kind   string
		code   domain.Code
	}{
		"the law refuses":         {refusal(domain.CodeAlreadyBound, "date"), 422, "refused", domain.CodeAlreadyBound},
		"somebody was first":      {refusal(domain.CodeStaleRevision, "seen"), 412, "refused", domain.CodeStaleRevision},
		"the key of another":      {refusal(domain.CodeCommandReused, "id"), 409, "refused", domain.CodeCommandReused},
		"no treaty of the path":   {refusal(domain.CodeUnknownTreaty, "treaty"), 404, "refused", domain.CodeUnknownTreaty},
		"no treaty of the body":   {refusal(domain.CodeUnknownTreaty, "parent"), 422, "refused", domain.CodeUnknownTreaty},
		"no record of the path":   {refusal(domain.CodeUnknownRecord, "record"), 404, "refused", domain.CodeUnknownRecord},
		"unusual":                 {&recorder.DecisionError{Queries: []domain.Finding{{Code: domain.CodeRatifyWithoutSignature, Message: "why"}}}, 422, "queried", domain.CodeRatifyWithoutSignature},
		"a question":              {&projections.InputError{Field: "asOf", Reason: "no day", Accepted: "2003-07-01"}, 422, "input", problem.CodeInputInvalid},
		"what is assumed":         {&whatif.RefusedError{Findings: []domain.Finding{{Code: domain.CodeAlreadyBound, Message: "bound"}}}, 422, "refused", domain.CodeAlreadyBound},
		"a file":                  {&imports.FileError{Finding: imports.Finding{Code: imports.NotThisFormat, Place: imports.Place{File: "a.csv", Line: 3, Column: "Signature"}}}, 422, "file", domain.Code(imports.NotThisFormat)},
		"no document":             {fmt.Errorf("x: %w", commands.ErrNoDocument), 404, "not-found", problem.CodeNotFound},
		"no proposal":             {commands.ErrNoProposal, 404, "not-found", problem.CodeNotFound},
		"one's own proposal":      {&auth.RelatedError{Reason: "x"}, 403, "role", problem.CodeRoleRequired},
		"another than was shown":  {commands.ErrNotShown, 409, "not-shown", problem.CodeInputInvalid},
		"decided already":         {commands.ErrDecided, 409, "decided", ""},
		"the ledger is away":      {recorder.ErrUnavailable, 503, "unavailable", ""},
		"the ledger is silent":    {&recorder.NotRecordedError{Why: "no answer"}, 503, "not-recorded", ""},
		"the disk is full":        {fmt.Errorf("x: %w", &recorder.NotRecordedError{Why: "no room", Full: true}), 507, "not-recorded", ""},
		"the node stops":          {recorder.ErrClosed, 503, "unavailable", ""},
		"the client has gone":     {context.Canceled, 503, "unavailable", ""},
		"it has taken too long":   {context.DeadlineExceeded, 503, "unavailable", ""},
		"no subscription":         {ofWebhook(webhooks.ErrUnknown), 404, "not-found", problem.CodeNotFound},
		"a wrong specification":   {ofWebhook(&webhooks.SpecError{Field: "rate", Problem: "0", Accepted: "1 to 500"}), 422, "input", problem.CodeInputInvalid},
		"not verified":            {ofWebhook(fmt.Errorf("x: %w", webhooks.ErrUnverified)), 409, "state", problem.CodeWebhookState},
		"not in this state":       {ofWebhook(webhooks.ErrState), 409, "state", problem.CodeWebhookState},
		"changed in between":      {ofWebhook(eventstore.ErrRevision), 412, "stale", domain.CodeStaleRevision},
		"the storage is away":     {ofWebhook(errors.New("no answer")), 503, "unavailable", ""},
		"nothing under that name": {problem.NotFound("treaty", "treaty", "NOPE", "an id"), 404, "not-found", problem.CodeNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			var p *problem.Problem
			if !errors.As(c.err, &p) {
				require.ErrorAs(t, problem.Of(c.err), &p)
			}
			require.Equal(t, c.status, p.GetStatus())
			require.Equal(t, "urn:depositary:"+c.kind, p.Type)
			require.Equal(t, http.StatusText(c.status), p.Title)
			if c.code == "" {
				require.Empty(t, p.Findings)
				return
			}
			require.EqualValues(t, c.code, p.Findings[0].Code)
		})
	}
}

// The cause of an internal error is for the log, and not for the answer.
func TestInternal(t *testing.T) {
	cause := errors.New("the disk /dev/sda is full")
	err := problem.Of(cause)
	require.ErrorIs(t, err, cause)
	w := httptest.NewRecorder()
	w.Header().Set(problem.HeaderRequest, "abc")
	problem.Write(w, problem.Defect())
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	var p problem.Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.Equal(t, "abc", p.Instance)
	require.NotContains(t, w.Body.String(), "disk")
}

func TestHeaders(t *testing.T) {
	w := httptest.NewRecorder()
	problem.Write(w, problem.Auth(http.StatusUnauthorized, "a token is needed", "a token"))
	require.Contains(t, w.Header().Get("WWW-Authenticate"), "Bearer")
	w = httptest.NewRecorder()
	problem.Write(w, problem.Unavailable("later"))
	require.Equal(t, "2", w.Header().Get("Retry-After"))
}

// What somebody sent does not fill an answer, and is not cut in a letter.
func TestClip(t *testing.T) {
	require.Equal(t, "short", problem.Clip("short"))
	clipped := problem.Clip(strings.Repeat("é", 300))
	require.LessOrEqual(t, len(clipped), 210)
	require.True(t, strings.HasSuffix(clipped, "…"))
	require.NotContains(t, clipped, "\uFFFD")
}
