package v1

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/auth"
	"depositary/api/problem"
	"depositary/projections/wording"
)

type identityKey struct{}

// WithIdentity says who a request comes from without a token. It is for a
// caller in the same process that has the data folder itself.
func WithIdentity(ctx context.Context, id auth.Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}

func identityOf(ctx context.Context) auth.Identity {
	id, _ := ctx.Value(identityKey{}).(auth.Identity)
	return id
}

// require lets a request pass that comes from somebody who has one of the roles.
func (s *API) require(roles ...auth.Role) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		id, err := s.authenticate(ctx.Context(), ctx.Header("Authorization"))
		if err == nil && !slices.ContainsFunc(roles, id.May) {
			err = problem.Auth(http.StatusForbidden, fmt.Sprintf("the token of %s does not allow this", id.Actor), "a token with the role "+strings.ReplaceAll(wording.Join(roles, ", "), ", ", " or "))
		}
		if err != nil {
			s.writeProblem(ctx, err)
			return
		}
		auth.Seen(ctx.Context(), id)
		next(huma.WithContext(ctx, WithIdentity(ctx.Context(), id)))
	}
}

func (s *API) authenticate(ctx context.Context, header string) (auth.Identity, error) {
	if id := identityOf(ctx); id.Actor != "" {
		return id, nil
	}
	const wanted = "a token in the header Authorization: Bearer …, made with depositary token create"
	scheme, token, _ := strings.Cut(header, " ")
	if header == "" || !strings.EqualFold(scheme, "Bearer") {
		return auth.Identity{}, problem.Auth(http.StatusUnauthorized, "writing needs a token", wanted)
	}
	id, err := s.Tokens.Check(token)
	switch {
	case errors.Is(err, auth.ErrUnknown), errors.Is(err, auth.ErrExpired):
		return id, problem.Auth(http.StatusUnauthorized, err.Error(), wanted)
	case err != nil:
		return id, s.failed("authenticate", err)
	}
	return id, nil
}
