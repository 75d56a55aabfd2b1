package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"depositary/api/problem"
)

// door is where questions and commands go: a server, or the data folder in
// this process behind the same routes.
type door struct {
	base   string
	client *http.Client
	token  string
	close  func() error
}

// through opens the door, lets work be done and closes it.
func (a *app) through(ctx context.Context, work func(*door) error) error {
	d, err := a.reach(ctx)
	if err != nil {
		return err
	}
	return errors.Join(work(d), d.close())
}

// path makes an address of a route and of names that may hold any character.
func path(format string, names ...string) string {
	escaped := make([]any, len(names))
	for i, name := range names {
		escaped[i] = url.PathEscape(name)
	}
	return fmt.Sprintf(format, escaped...)
}

// do sends a request; an answer that is no success becomes its error.
func (d *door) do(ctx context.Context, method, path string, query url.Values, header http.Header, body []byte) (*http.Response, error) {
	address := d.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	if body != nil && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if d.token != "" {
		request.Header.Set("Authorization", "Bearer "+d.token)
	}
	response, err := d.client.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, unreached("no server answers at %s: %w", d.base, errors.Unwrap(err))
	}
	if response.StatusCode < 300 {
		return response, nil
	}
	defer response.Body.Close()
	return nil, problemIn(response)
}

// problemIn reads the problem document of an answer.
func problemIn(response *http.Response) error {
	raw, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err
	}
	p := &problemError{raw: raw}
	if json.Unmarshal(raw, &p.Problem) != nil || p.Status == 0 {
		return fmt.Errorf("%s answered %s, which is no answer of a depositary", response.Request.URL.Redacted(), response.Status)
	}
	return p
}

// ask gets the answer to a question as it was sent.
func (d *door) ask(ctx context.Context, path string, query url.Values, media string) ([]byte, error) {
	response, err := d.do(ctx, http.MethodGet, path, query, http.Header{"Accept": {media}}, nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// get decodes the answer to a question.
func get[T any](ctx context.Context, d *door, path string, query url.Values) (answer T, err error) {
	raw, err := d.ask(ctx, path, query, "application/json")
	if err != nil {
		return answer, err
	}
	return decoded[T](raw)
}

func decoded[T any](raw []byte) (answer T, err error) {
	if err := json.Unmarshal(raw, &answer); err != nil {
		return answer, fmt.Errorf("the answer cannot be read; is the server of another version? %w", err)
	}
	return answer, nil
}

// order is how a command is to be carried out.
type order struct {
	dryRun bool
	key    string // Idempotency-Key
	query  url.Values
}

// asSent is a body that is sent as its writer wrote it, with its lines.
type asSent []byte

// send sends a command. Where the answer does not arrive, the error tells
// under which key it can be sent again without being recorded twice.
func (d *door) send(ctx context.Context, method, path string, o order, body any) ([]byte, error) {
	content, isText := body.(asSent)
	if !isText {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	query := url.Values{}
	for name, values := range o.query {
		query[name] = values
	}
	if o.dryRun {
		query.Set("dryRun", "true")
	}
	if o.key == "" {
		o.key = uuid.Must(uuid.NewV7()).String()
	}
	response, err := d.do(ctx, method, path, query, http.Header{"Idempotency-Key": {o.key}}, content)
	if err == nil {
		defer response.Body.Close()
		var answer []byte
		if answer, err = io.ReadAll(response.Body); err == nil {
			return answer, nil
		}
	}
	if o.dryRun || certainlyNot(err) {
		return nil, err
	}
	return nil, &uncertainError{err, o.key}
}

// certainlyNot reports whether nothing can have been recorded: it was refused, or
// no server was there to take it.
func certainlyNot(err error) bool {
	var answered *problemError
	if errors.As(err, &answered) {
		return answered.HasKind(problem.NotRecorded) || answered.Status < http.StatusInternalServerError
	}
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial"
}

// uncertainError says that a command may have been recorded or not.
type uncertainError struct {
	cause error
	key   string
}

func (e *uncertainError) Error() string { return e.cause.Error() }
func (e *uncertainError) Unwrap() error { return e.cause }
