package apitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"depositary/api/auth"
	"depositary/eventstore"
	"depositary/projections/model"
)

// Client asks a handler over HTTP, and checks every answer.
type Client struct {
	URL       string
	Token     map[string]string // by name: "all" has every role, and others the one that they are named for
	Described *openapi3.T       // what the API says of itself
	Clock     *Clock

	position func() eventstore.Position
}

// Connect serves a handler until the test ends, and returns a client with
// tokens of the file. The position is that of the views behind the handler.
func Connect(t testing.TB, h http.Handler, tokens *auth.File, clock *Clock, position func() eventstore.Position) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c := &Client{URL: server.URL, Token: map[string]string{}, Clock: clock, position: position}
	for name, roles := range map[string][]auth.Role{"all": auth.Roles(), "record": {auth.Record}, "define": {auth.Define}, "operate": {auth.Operate}} {
		token, _, err := tokens.Create(auth.Grant{Actor: "anna@" + name, Roles: roles})
		require.NoError(t, err)
		c.Token[name] = token
	}
	c.Described = describedBy(t, c)
	return c
}

// Request is a request; without a method it is GET, or POST where there is a body.
type Request struct {
	Method, Path, Body string
	Token              string // name of the token; none where empty
	Header             map[string]string
}

// Reply is what came back.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Plain leaves the encoding of answers to the test.
var Plain = &http.Client{Transport: &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Ask sends a request, and requires of every answer what all have in common.
func (c *Client) Ask(t testing.TB, a Request) Reply {
	t.Helper()
	if a.Method == "" {
		a.Method = http.MethodGet
		if a.Body != "" {
			a.Method = http.MethodPost
		}
	}
	var body io.Reader
	if a.Body != "" {
		body = strings.NewReader(a.Body)
	}
	request, err := http.NewRequest(a.Method, c.URL+a.Path, body)
	require.NoError(t, err)
	if a.Token != "" {
		token, ok := c.Token[a.Token]
		require.True(t, ok, a.Token)
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if a.Body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.Header {
		if value == "" {
			request.Header.Del(name)
			continue
		}
		request.Header.Set(name, value)
	}
	response, err := Plain.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	r := Reply{Status: response.StatusCode, Header: response.Header}
	r.Body, err = io.ReadAll(response.Body)
	require.NoError(t, err)
	c.requireWellFormed(t, a, r)
	return r
}

// requireWellFormed requires what all answers have in common: an id, no cause
// of a failure, problem documents for what fails, and the form described.
func (c *Client) requireWellFormed(t testing.TB, a Request, r Reply) {
	t.Helper()
	require.NotEmpty(t, r.Header.Get("X-Request-Id"))
	require.NotEmpty(t, r.Header.Get("Cache-Control"))
	require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	if r.Status >= 400 && r.Status != http.StatusServiceUnavailable && a.Method != http.MethodHead {
		require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"), "%s", r.Body)
		require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
		require.Empty(t, r.Header.Get("Etag"))
		p := r.Problem(t)
		require.Equal(t, r.Header.Get("X-Request-Id"), p.Instance)
		require.Equal(t, r.Status, p.Status)
		require.True(t, strings.HasPrefix(p.Type, "urn:depositary:"), p.Type)
		for _, leak := range []string{"goroutine", ".go:", "runtime.", "nats:", "/tmp/", "panic"} {
			require.NotContains(t, string(r.Body), leak)
		}
	}
	if c.Described != nil && r.Header.Get("Content-Encoding") == "" && len(r.Body) > 0 && a.Method != http.MethodHead {
		requireDescribed(t, c.Described, a, r)
	}
}

// ProblemDocument is a problem as clients read it.
type ProblemDocument struct {
	Type, Title, Detail, Instance string
	Status                        int
	Findings                      []model.Finding
}

// Problem reads the body as a problem.
func (r Reply) Problem(t testing.TB) (p ProblemDocument) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&p), "%s", r.Body)
	return p
}

// Into reads the body as JSON.
func (r Reply) Into(t testing.TB, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(r.Body, v), "%s", r.Body)
}

// Get asks, requires success and returns the body as JSON.
func (c *Client) Get(t testing.TB, path string) map[string]any {
	t.Helper()
	r := c.Ask(t, Request{Path: path})
	require.Equal(t, http.StatusOK, r.Status, "%s: %s", path, r.Body)
	var body map[string]any
	r.Into(t, &body)
	return body
}

// At follows keys and indexes into a JSON value.
func At(t testing.TB, v any, keys ...any) any {
	t.Helper()
	for _, key := range keys {
		switch key := key.(type) {
		case string:
			object, ok := v.(map[string]any)
			require.True(t, ok, "%v in %v", key, v)
			v = object[key]
		case int:
			list, ok := v.([]any)
			require.True(t, ok && key < len(list), "%v in %v", key, v)
			v = list[key]
		}
	}
	return v
}

// Find returns the first object of a list that has the value.
func Find(t testing.TB, list any, key string, value any) map[string]any {
	t.Helper()
	for _, entry := range list.([]any) {
		if object := entry.(map[string]any); object[key] == value {
			return object
		}
	}
	require.Failf(t, "not found", "%s = %v", key, value)
	return nil
}

// Object reads the body as an object.
func (r Reply) Object(t testing.TB) (o map[string]any) {
	t.Helper()
	r.Into(t, &o)
	return o
}

// Must asks and requires a status.
func (c *Client) Must(t testing.TB, status int, a Request) Reply {
	t.Helper()
	r := c.Ask(t, a)
	require.Equal(t, status, r.Status, "%s %s: %s", a.Method, a.Path, r.Body)
	return r
}
