package v1

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"depositary/api/problem"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Feeds and calendars are read far from here: what they link to stands in full.

// CheckPublic says what is wrong with a public address; nothing with an empty one.
func CheckPublic(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("%q is no public address: https://depositary.example or the like expected", problem.Clip(text))
	}
	return nil
}

// Base returns the address before that of a route: the public one, or else that
// at which the request came.
func (s *API) Base(r *http.Request) string {
	if s.Public != "" {
		return strings.TrimSuffix(s.Public, "/")
	}
	host := cmp.Or(r.Host, "localhost") // HTTP/1.0 need not name one
	if r.TLS != nil {
		return "https://" + host
	}
	return "http://" + host
}

// document is an answer that has one form of its own. It is written with the
// base of the links that it contains and with its own address.
type document func(base, self string) ([]byte, error)

// answersDocument registers a question whose answer is a document.
func answersDocument[I any](s *API, o huma.Operation, media string, schema *huma.Schema, handler func(*I) (document, error)) {
	o.Method = http.MethodGet
	o.Errors = []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests}
	o.Responses = map[string]*huma.Response{
		"200": {Description: "OK", Content: map[string]*huma.MediaType{media: {Schema: schema}}},
		"304": {Description: "What If-None-Match names is still the answer"},
	}
	huma.Register(s.api, o, func(_ context.Context, in *I) (*huma.StreamResponse, error) {
		write, err := handler(in)
		if err != nil {
			return nil, s.failed(o.OperationID, err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			r, w := humago.Unwrap(ctx)
			base := s.Base(r)
			body, err := write(base, base+addressOf(r.URL))
			if err != nil {
				s.Logger.Error("request failed", "operation", o.OperationID, "cause", err)
				problem.Write(w, problem.Defect())
				return
			}
			w.Header().Set("Content-Type", media+"; charset=utf-8")
			_, _ = w.Write(body) // into memory
		}}, nil
	})
}

// addressOf returns an address with its parameters in one order.
func addressOf(u *url.URL) string {
	if query := u.Query().Encode(); query != "" {
		return u.EscapedPath() + "?" + query
	}
	return u.EscapedPath()
}
