package v1

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"depositary/api/audit"
	"depositary/api/commands"
	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections/wording"
)

// Tokens and the audit log, for those who operate.

const (
	TokensPath = "/v1/tokens"
	AuditPath  = "/v1/audit"
)

type tokensBody struct {
	Tokens []commands.TokenView `json:"tokens"`
	Following
}

func (b tokensBody) table() table {
	t := table{header: []string{"id", "actor", "roles", "created", "expires", "maker"}}
	for _, token := range b.Tokens {
		t.rows = append(t.rows, []string{token.ID, token.Actor, wording.Join(token.Roles, ", "), instant(token.Created), instant(token.Expires), token.Maker()})
	}
	return t
}

func (s *API) listTokens(_ context.Context, in *struct {
	FormatInput
	PartInput
}) (body tokensBody, err error) {
	all, err := s.Secretariat.ListTokens()
	if err != nil {
		return body, err
	}
	body.Tokens, body.Following, err = paged(all, in.Cursor, in.Limit, func(t commands.TokenView) string { return t.ID })
	return body, err
}

type tokenOutput struct {
	Status int
	Body   commands.TokenMade
}

func (s *API) makeToken(ctx context.Context, in *struct{ Body commands.TokenWish }) (*tokenOutput, error) {
	made, err := s.Secretariat.MakeToken(ctx, identityOf(ctx), in.Body)
	if err != nil {
		return nil, s.failed("createToken", err)
	}
	out := &tokenOutput{http.StatusCreated, made}
	if made.Proposal != "" {
		out.Status = http.StatusAccepted
	}
	return out, nil
}

func (s *API) revokeToken(ctx context.Context, in *struct {
	Token string `path:"token" maxLength:"64" doc:"Id of the token" example:"8f14e45f"`
}) (*struct{}, error) {
	return nil, s.Secretariat.RevokeToken(ctx, identityOf(ctx), in.Token)
}

type auditBody struct {
	Entries []audit.Entry `json:"entries"`
	Following
}

func (b auditBody) table() table {
	t := table{header: []string{"id", "at", "actor", "kind", "subject", "detail", "token", "from"}}
	for _, e := range b.Entries {
		t.rows = append(t.rows, []string{e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Actor, string(e.Kind), e.Subject, e.Detail, e.Token, e.From})
	}
	return t
}

// AuditInput chooses entries of the audit log.
type AuditInput struct {
	FormatInput
	Since  string `query:"since" doc:"From the beginning of this day on (UTC)" example:"2026-11-01"`
	Until  string `query:"until" doc:"Up to and with this day (UTC)" example:"2026-11-30"`
	Actor  string `query:"actor" maxLength:"128" doc:"Who did it" example:"anna@secretariat.example"`
	Kind   string `query:"kind" maxLength:"40" doc:"What was done" example:"token-made"`
	Cursor string `query:"cursor" doc:"Where the page begins: next of the page before"`
	Limit  int    `query:"limit" minimum:"0" maximum:"1000000" doc:"The newest so many; all where absent"`
}

func (s *API) listAudit(ctx context.Context, in *AuditInput) (body auditBody, err error) {
	q := audit.Question{Actor: in.Actor, Kind: audit.Kind(in.Kind)}
	if q.Since, err = dayOf("since", in.Since); err != nil {
		return body, err
	}
	if q.Until, err = dayOf("until", in.Until); err != nil {
		return body, err
	}
	if !q.Until.IsZero() {
		q.Until = q.Until.AddDate(0, 0, 1)
	}
	all, err := s.Audit.Entries(ctx, q)
	if err != nil {
		return body, err
	}
	body.Entries, body.Following, err = paged(all, in.Cursor, in.Limit, func(e audit.Entry) string { return e.ID })
	return body, err
}

// dayOf reads a day of the calendar; the zero time where none is named.
func dayOf(field, text string) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	day, err := domain.ParseDate(text)
	if err != nil {
		return time.Time{}, problem.Invalid(field, fmt.Sprintf("%q is no day", problem.Clip(text)), "a day such as 2026-11-29")
	}
	return time.Parse(time.DateOnly, day.String())
}
