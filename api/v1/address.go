package v1

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"depositary/api/problem"
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

// addressOf returns an address with its parameters in one order.
func addressOf(u *url.URL) string {
	if query := u.Query().Encode(); query != "" {
		return u.EscapedPath() + "?" + query
	}
	return u.EscapedPath()
}
