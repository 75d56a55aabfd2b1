package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/tokens"
)

type identityKey struct{}

// WithIdentity says who a request comes from without a token. It is for a
// caller in the same process that has the data folder itself.
func WithIdentity(ctx context.Context, id tokens.Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}

func identityOf(ctx context.Context) tokens.Identity {
	id, _ := ctx.Value(identityKey{}).(tokens.Identity)
	return id
}

// require lets a request pass that comes from somebody who has one of the roles.
func (s *server) require(roles ...tokens.Role) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		id, err := s.authenticate(ctx.Context(), ctx.Header("Authorization"))
		if err == nil && !slices.ContainsFunc(roles, id.May) {
			err = authProblem(http.StatusForbidden, fmt.Sprintf("the token of %s does not allow this", id.Actor), "a token with the role "+strings.ReplaceAll(joined(roles), ", ", " or "))
		}
		if err != nil {
			s.writeProblem(ctx, err)
			return
		}
		next(huma.WithContext(ctx, WithIdentity(ctx.Context(), id)))
	}
}

func (s *server) authenticate(ctx context.Context, header string) (tokens.Identity, error) {
	if id := identityOf(ctx); id.Actor != "" {
		return id, nil
	}
	const wanted = "a token in the header Authorization: Bearer …, made with depositary token create"
	scheme, token, _ := strings.Cut(header, " ")
	if header == "" || !strings.EqualFold(scheme, "Bearer") {
		return tokens.Identity{}, authProblem(http.StatusUnauthorized, "writing needs a token", wanted)
	}
	id, err := s.Tokens.Check(token)
	switch {
	case errors.Is(err, tokens.ErrUnknown), errors.Is(err, tokens.ErrExpired):
		return id, authProblem(http.StatusUnauthorized, err.Error(), wanted)
	case err != nil:
		return id, s.failed("authenticate", err)
	}
	return id, nil
}

func authProblem(status int, message, accepted string) *Problem {
	kind, code := "token", CodeTokenRequired
	if status == http.StatusForbidden {
		kind, code = "role", CodeRoleRequired
	}
	p := problem(status, kind, message)
	p.Findings = finding(code, "Authorization", message, accepted)
	return p
}
