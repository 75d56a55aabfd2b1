package node

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"depositary/api/auth"
	"depositary/domain"
)

// door is a node that listens, with a clock of its own and a token of each kind.
type door struct {
	*Node
	url    string
	now    *clock
	doc    *openapi3.T
	tokens map[string]string // by what they allow
}

// clock is a clock that moves only when it is told to, and fails when told to.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	fails bool
	left  int // readings before it fails
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails {
		if c.left == 0 {
			panic("the clock stands still")
		}
		c.left--
	}
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// failAfter lets the clock fail after some readings; never where negative.
func (c *clock) failAfter(readings int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails, c.left = readings >= 0, readings
}

// openDoor starts a node with the bundled catalogue on 30 June 2026. Its test
// runs beside others.
func openDoor(t *testing.T, change ...func(*Options)) *door {
	t.Helper()
	t.Parallel()
	d := &door{now: &clock{now: time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)}, tokens: map[string]string{}}
	o := Options{Data: t.TempDir(), Now: d.now.Now, Version: "test"}
	for _, f := range change {
		f(&o)
	}
	n, err := Open(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	d.Node = n
	server := httptest.NewServer(n.Handler())
	t.Cleanup(server.Close)
	d.url = server.URL
	for name, roles := range map[string][]auth.Role{"all": auth.Roles(), "record": {auth.Record}, "define": {auth.Define}, "operate": {auth.Operate}} {
		d.tokens[name], _, err = n.Tokens().Create("anna@"+name, roles, 0)
		require.NoError(t, err)
	}
	d.doc = describedBy(t, d)
	return d
}

// sameDay gives another node the clock of this one, so that it begins no day.
func (d *door) sameDay(o *Options) { o.Now = d.now.Now }

// ask is a request; without a method it is GET, or POST where there is a body.
type ask struct {
	method, path, body string
	token              string // name of the token; none where empty
	header             map[string]string
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// plain leaves the encoding of answers to the test.
var plain = &http.Client{Transport: &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// ask sends a request, and requires of every answer what all have in common.
func (d *door) ask(t *testing.T, a ask) reply {
	t.Helper()
	if a.method == "" {
		a.method = http.MethodGet
		if a.body != "" {
			a.method = http.MethodPost
		}
	}
	var body io.Reader
	if a.body != "" {
		body = strings.NewReader(a.body)
	}
	request, err := http.NewRequest(a.method, d.url+a.path, body)
	require.NoError(t, err)
	if a.token != "" {
		token, ok := d.tokens[a.token]
		require.True(t, ok, a.token)
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if a.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.header {
		if value == "" {
			request.Header.Del(name)
			continue
		}
		request.Header.Set(name, value)
	}
	response, err := plain.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	r := reply{status: response.StatusCode, header: response.Header}
	r.body, err = io.ReadAll(response.Body)
	require.NoError(t, err)
	d.requireWellFormed(t, a, r)
	return r
}

// requireWellFormed requires what all answers have in common: an id, no cause
// of a failure, problem documents for what fails, and the form described.
func (d *door) requireWellFormed(t *testing.T, a ask, r reply) {
	t.Helper()
	require.NotEmpty(t, r.header.Get("X-Request-Id"))
	require.NotEmpty(t, r.header.Get("Cache-Control"))
	require.Equal(t, "nosniff", r.header.Get("X-Content-Type-Options"))
	if r.status >= 400 && r.status != http.StatusServiceUnavailable && a.method != http.MethodHead {
		require.Equal(t, "application/problem+json", r.header.Get("Content-Type"), "%s", r.body)
		require.Equal(t, "no-store", r.header.Get("Cache-Control"))
		require.Empty(t, r.header.Get("Etag"))
		p := r.problem(t)
		require.Equal(t, r.header.Get("X-Request-Id"), p.Instance)
		require.Equal(t, r.status, p.Status)
		require.True(t, strings.HasPrefix(p.Type, "urn:depositary:"), p.Type)
		for _, leak := range []string{"goroutine", ".go:", "runtime.", "nats:", "/tmp/", "panic"} {
			require.NotContains(t, string(r.body), leak)
		}
	}
	if d.doc != nil && r.header.Get("Content-Encoding") == "" && len(r.body) > 0 && a.method != http.MethodHead {
		requireDescribed(t, d.doc, a, r)
	}
}

// problemDocument is a problem as clients read it.
type problemDocument struct {
	Type, Title, Detail, Instance string
	Status                        int
	Findings                      []domain.Finding
}

func (r reply) problem(t *testing.T) (p problemDocument) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(r.body))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&p), "%s", r.body)
	return p
}

// into reads the body as JSON.
func (r reply) into(t *testing.T, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(r.body, v), "%s", r.body)
}

// get asks, requires success and gives the body as JSON.
func (d *door) get(t *testing.T, path string) map[string]any {
	t.Helper()
	r := d.ask(t, ask{path: path})
	require.Equal(t, http.StatusOK, r.status, "%s: %s", path, r.body)
	var body map[string]any
	r.into(t, &body)
	return body
}

// at follows keys and indexes into a JSON value.
func at(t *testing.T, v any, keys ...any) any {
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

// find gives the first object of a list that has the value.
func find(t *testing.T, list any, key string, value any) map[string]any {
	t.Helper()
	for _, entry := range list.([]any) {
		if object := entry.(map[string]any); object[key] == value {
			return object
		}
	}
	require.Failf(t, "not found", "%s = %v", key, value)
	return nil
}

// scenario is a request, and what its answer must be.
type scenario struct {
	name string
	ask
	status   int
	contains []string
	lacks    []string
	code     domain.Code // of the first finding
	field    string      // of the first finding
}

// play plays scenarios; none may change the ledger.
func (d *door) play(t *testing.T, scenarios []scenario) {
	t.Helper()
	before := d.Position()
	for _, s := range scenarios {
		name := s.name
		if name == "" {
			name = s.path
		}
		t.Run(name, func(t *testing.T) {
			r := d.ask(t, s.ask)
			require.Equal(t, s.status, r.status, "%s", r.body)
			for _, text := range s.contains {
				require.Contains(t, string(r.body), text)
			}
			for _, text := range s.lacks {
				require.NotContains(t, string(r.body), text)
			}
			if s.code != "" {
				p := r.problem(t)
				require.NotEmpty(t, p.Findings, "%s", r.body)
				require.Equal(t, s.code, p.Findings[0].Code, "%s", r.body)
				require.Equal(t, s.field, p.Findings[0].Field, "%s", r.body)
				require.NotEmpty(t, p.Findings[0].Message)
			}
			require.Equal(t, before, d.Position(), "the ledger has changed")
		})
	}
}
