package v1

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/auth"
	"depositary/api/problem"
	"depositary/api/webhooks"
	"depositary/eventstore"
	"depositary/projections/notices"
)

// Webhooks: subscriptions, their deliveries, and what is done about them.
// Addresses are private: all of it needs a token, but for the published keys.

const WebhooksPath = "/v1/webhooks"

func (s *API) routesWebhooks() {
	subscription(s, http.MethodPost, "", "createWebhook", "Subscribe an address to notices", http.StatusCreated, s.createWebhook)
	subscription(s, http.MethodGet, "", "listWebhooks", "All subscriptions, oldest first", http.StatusOK, s.listWebhooks)
	subscription(s, http.MethodGet, "/{webhook}", "getWebhook", "One subscription", http.StatusOK, s.getWebhook)
	subscription(s, http.MethodPut, "/{webhook}", "updateWebhook", "Change what is asked for; a new address is unverified anew", http.StatusOK, s.updateWebhook)
	s.routeDeleteWebhook()
	subscription(s, http.MethodPost, "/{webhook}/verify", "verifyWebhook", "Send the challenge; its answer makes the subscription active", http.StatusOK, s.verifyWebhook)
	subscription(s, http.MethodPost, "/{webhook}/ping", "pingWebhook", "Send a signed ping that is no notice", http.StatusOK, s.pingWebhook)
	subscription(s, http.MethodPost, "/{webhook}/rotate", "rotateWebhook", "New secrets, shown once; the old ones sign beside them for a day", http.StatusOK, s.rotateWebhook)
	subscription(s, http.MethodPost, "/{webhook}/enable", "enableWebhook", "Go on from the cursor", http.StatusOK, s.enableWebhook)
	subscription(s, http.MethodPost, "/{webhook}/disable", "disableWebhook", "Stop; the cursor stays", http.StatusOK, s.disableWebhook)
	subscription(s, http.MethodGet, "/{webhook}/attempts", "webhookAttempts", "The last attempts, newest first", http.StatusOK, s.webhookAttempts)
	subscription(s, http.MethodGet, "/{webhook}/parked", "webhookParked", "Notices that were not taken within the schedule of retries", http.StatusOK, s.webhookParked)
	subscription(s, http.MethodPost, "/{webhook}/replay", "replayWebhook", "Send notices again, in order, until one fails", http.StatusOK, s.replayWebhook)
	subscription(s, http.MethodGet, "/{webhook}/lag", "webhookLag", "How far a subscription is behind the ledger", http.StatusOK, s.webhookLag)
	huma.Register(s.api, huma.Operation{
		Method: http.MethodGet, Path: WebhooksPath + "/{webhook}/keys", OperationID: "webhookKeys", Tags: []string{"Webhooks"},
		Summary: "Published keys to verify signatures of the scheme v1a with, the newest first; open to all",
		Errors:  []int{http.StatusNotFound, http.StatusNotAcceptable, http.StatusTooManyRequests, http.StatusServiceUnavailable}, Middlewares: huma.Middlewares{s.keepsWebhooks, s.noTable},
	}, func(ctx context.Context, in *WebhookInput) (*output[keysBody], error) {
		sub, err := s.Webhooks.Get(ctx, in.Webhook)
		if err != nil {
			return nil, s.failed("webhookKeys", webhookProblem(in.Webhook, err))
		}
		return &output[keysBody]{keysBody{append([]string{}, sub.PublicKeys...)}}, nil
	})
	s.describeDeliveries()
}

// subscription registers a route of the webhooks for who has the role.
func subscription[I, T any](s *API, method, path, id, summary string, status int, handler func(context.Context, *I) (T, error)) {
	o := s.subscriptionOperation(method, path, id, summary, status)
	if _, ok := any(*new(T)).(tabular); ok {
		tabled(&o)
	} else {
		o.Middlewares = append(o.Middlewares, s.noTable)
	}
	huma.Register(s.api, o, func(ctx context.Context, in *I) (*output[T], error) {
		body, err := handler(ctx, in)
		if err != nil {
			return nil, s.failed(id, err)
		}
		return &output[T]{body}, nil
	})
}

// subscriptionOperation describes what the routes of the webhooks have in common.
func (s *API) subscriptionOperation(method, path, id, summary string, status int) huma.Operation {
	return huma.Operation{
		Method: method, Path: WebhooksPath + path, OperationID: id, Summary: summary, Tags: []string{"Webhooks"}, DefaultStatus: status,
		Security: []map[string][]string{{"token": {string(auth.Subscribe)}}}, MaxBodyBytes: s.MaxBody,
		Errors:      []int{400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 422, 429, 503},
		Middlewares: huma.Middlewares{s.require(auth.Subscribe), s.keepsWebhooks, withoutDeadline},
	}
}

// keepsWebhooks refuses where this program keeps no subscriptions: they belong
// to a server that runs.
func (s *API) keepsWebhooks(ctx huma.Context, next func(huma.Context)) {
	if s.Webhooks == nil {
		s.writeProblem(ctx, problem.Unavailable("subscriptions are kept by a running server; depositary serve starts one"))
		return
	}
	next(ctx)
}

// webhookProblem is what the door says of an error of the webhooks.
func webhookProblem(id string, err error) error {
	var wish *webhooks.WishError
	switch {
	case errors.As(err, &wish):
		return problem.Invalid(wish.Field, wish.Problem, wish.Accepted)
	case errors.Is(err, webhooks.ErrUnknown):
		return problem.NotFound("webhook", "subscription", id, "an id listed at "+WebhooksPath)
	case errors.Is(err, webhooks.ErrUnverified):
		return conflict(err, "verify the address first: POST "+WebhooksPath+"/{webhook}/verify")
	case errors.Is(err, webhooks.ErrState):
		return conflict(err, "the operation in another state; GET "+WebhooksPath+"/{webhook} tells which it is in")
	case errors.Is(err, eventstore.ErrRevision):
		p := problem.New(http.StatusPreconditionFailed, "stale", "the subscription was changed in between")
		p.Findings = problem.Finding("STALE_REVISION", "If-Match", p.Detail, "its revision as it is now")
		return p
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return unavailableBecause(err)
}

// unavailableBecause says that what the nodes share does not answer; the cause
// is for the log.
func unavailableBecause(err error) error {
	return errors.Join(problem.Unavailable("what the nodes share does not answer; try again"), err)
}

func conflict(err error, accepted string) *problem.Problem {
	p := problem.New(http.StatusConflict, "state", err.Error())
	p.Findings = problem.Finding("WEBHOOK_STATE", "webhook", err.Error(), accepted)
	return p
}

// WebhookInput names a subscription.
type WebhookInput struct {
	Webhook string `path:"webhook" doc:"Id of the subscription"`
}

// WebhookWish is what a subscriber asks for.
type WebhookWish struct {
	URL          string            `json:"url" maxLength:"2048" doc:"Address that is called; https" example:"https://ministry.example/treaties"`
	Note         string            `json:"note,omitempty" doc:"What it is for"`
	Kinds        []string          `json:"kinds,omitempty" doc:"Kinds of notices, or all of a subject as in participant.*; all where absent"`
	Treaties     []string          `json:"treaties,omitempty" doc:"Ids or short names"`
	Participants []string          `json:"participants,omitempty" doc:"Ids, codes or names"`
	Groups       []string          `json:"groups,omitempty" doc:"Ids of groups"`
	Backfill     bool              `json:"backfill,omitempty" doc:"Also history that is recorded afterwards"`
	Order        webhooks.Order    `json:"order,omitempty" enum:"ordered,parallel" doc:"ordered where absent"`
	Rate         int               `json:"rate,omitempty" doc:"Requests a second at most, 1 to 500; 50 where absent"`
	Schemes      []webhooks.Scheme `json:"schemes,omitempty" doc:"Signatures: v1 (shared secret), v1a (published key); v1 where absent"`
}

// wish makes names ids; each is checked.
func (s *API) wish(in WebhookWish) (w webhooks.Wish, err error) {
	f, err := s.noticeFilter(NoticesInput{Kind: in.Kinds, ChosenInput: ChosenInput{in.Treaties, in.Participants, in.Groups}, Backfill: in.Backfill})
	var p *problem.Problem
	if errors.As(err, &p) {
		p.Type, p.Status, p.Title = "urn:depositary:input", http.StatusUnprocessableEntity, http.StatusText(http.StatusUnprocessableEntity) // what only the body names is not the address
	}
	return webhooks.Wish{URL: in.URL, Note: in.Note, Filter: f, Order: in.Order, Rate: in.Rate, Schemes: in.Schemes}, err
}

// WebhookMade is a subscription with its secrets, which are shown this once.
type WebhookMade struct {
	Subscription webhooks.Subscription `json:"subscription"`
	Secrets      webhooks.Secrets      `json:"secrets" doc:"Shown this once"`
}

func (s *API) createWebhook(ctx context.Context, in *struct {
	Body struct {
		WebhookWish
		After *uint64 `json:"after,omitempty" doc:"Notices of commits after this position are told; those after the ledger's end as it is now where absent"`
	}
}) (made WebhookMade, err error) {
	wish, err := s.wish(in.Body.WebhookWish)
	if err != nil {
		return made, err
	}
	after, last := s.Projection.Current().Position, s.Projection.Current().Position
	if in.Body.After != nil {
		after = eventstore.Position(*in.Body.After)
	}
	if after > last {
		return made, problem.Invalid("after", fmt.Sprintf("the ledger ends at position %d", last), fmt.Sprintf("a position up to %d", last))
	}
	made.Subscription, made.Secrets, err = s.Webhooks.Create(ctx, identityOf(ctx).Actor, wish, after)
	if err != nil {
		err = webhookProblem("", err)
	}
	return made, err
}

type webhooksBody struct {
	Webhooks []webhooks.Subscription `json:"webhooks"`
}

func (b webhooksBody) table() table {
	t := table{header: []string{"id", "url", "note", "state", "reason", "since", "order", "rate", "schemes", "kinds", "treaties", "participants", "groups", "backfill", "after", "created", "creator"}}
	for _, w := range b.Webhooks {
		t.rows = append(t.rows, []string{w.ID, w.URL, w.Note, string(w.State), w.Reason, instant(w.Since), string(w.Order), strconv.Itoa(w.Rate), joined(w.Schemes), strings.Join(w.Filter.Kinds, ", "),
			joined(w.Filter.Treaties), joined(w.Filter.Participants), joined(w.Filter.Groups), yes(w.Filter.Backfill), fmt.Sprint(w.After), instant(w.Created), w.Creator})
	}
	return t
}

func (s *API) listWebhooks(ctx context.Context, _ *FormatInput) (body webhooksBody, err error) {
	all, err := s.Webhooks.List(ctx)
	if err != nil {
		return body, webhookProblem("", err)
	}
	return webhooksBody{all}, nil
}

func (s *API) getWebhook(ctx context.Context, in *WebhookInput) (webhooks.Subscription, error) {
	sub, err := s.Webhooks.Get(ctx, in.Webhook)
	return sub, orProblem(in.Webhook, err)
}

func orProblem(id string, err error) error {
	if err == nil {
		return nil
	}
	return webhookProblem(id, err)
}

func (s *API) updateWebhook(ctx context.Context, in *struct {
	WebhookInput
	IfMatch string `header:"If-Match" required:"true" doc:"Revision of the subscription that is changed" example:"17"`
	Body    WebhookWish
}) (sub webhooks.Subscription, err error) {
	revision, err := strconv.ParseUint(strings.Trim(in.IfMatch, `"`), 10, 64)
	if err != nil {
		return sub, problem.Invalid("If-Match", strconv.Quote(problem.Clip(in.IfMatch))+" is no revision", "the number that revision shows, such as 17")
	}
	wish, err := s.wish(in.Body)
	if err != nil {
		return sub, err
	}
	sub, err = s.Webhooks.Update(ctx, in.Webhook, wish, revision)
	return sub, orProblem(in.Webhook, err)
}

// routeDeleteWebhook registers the one route without a body in its answer.
func (s *API) routeDeleteWebhook() {
	o := s.subscriptionOperation(http.MethodDelete, "/{webhook}", "deleteWebhook", "Forget a subscription with all that is kept of it", http.StatusNoContent)
	o.Middlewares = append(o.Middlewares, s.noTable)
	huma.Register(s.api, o, func(ctx context.Context, in *WebhookInput) (*struct{}, error) {
		if err := s.Webhooks.Delete(ctx, in.Webhook); err != nil {
			return nil, s.failed("deleteWebhook", webhookProblem(in.Webhook, err))
		}
		return nil, nil
	})
}

// WebhookVerified is what came of a challenge.
type WebhookVerified struct {
	Verified     bool                  `json:"verified" doc:"Whether the address has answered the challenge"`
	Subscription webhooks.Subscription `json:"subscription"`
	Attempt      webhooks.Attempt      `json:"attempt"`
}

func (s *API) verifyWebhook(ctx context.Context, in *WebhookInput) (v WebhookVerified, err error) {
	v.Subscription, v.Attempt, err = s.Webhooks.Verify(ctx, in.Webhook)
	if errors.Is(err, webhooks.ErrUnverified) {
		return v, nil // the attempt says why
	}
	v.Verified = err == nil
	return v, orProblem(in.Webhook, err)
}

func (s *API) pingWebhook(ctx context.Context, in *WebhookInput) (webhooks.Attempt, error) {
	attempt, err := s.Webhooks.Ping(ctx, in.Webhook)
	return attempt, orProblem(in.Webhook, err)
}

func (s *API) rotateWebhook(ctx context.Context, in *WebhookInput) (made WebhookMade, err error) {
	made.Subscription, made.Secrets, err = s.Webhooks.Rotate(ctx, in.Webhook)
	return made, orProblem(in.Webhook, err)
}

func (s *API) enableWebhook(ctx context.Context, in *WebhookInput) (webhooks.Subscription, error) {
	sub, err := s.Webhooks.Enable(ctx, in.Webhook)
	return sub, orProblem(in.Webhook, err)
}

func (s *API) disableWebhook(ctx context.Context, in *struct {
	WebhookInput
	Reason string `query:"reason" maxLength:"500" doc:"Why, for those who look at it later"`
}) (webhooks.Subscription, error) {
	reason := in.Reason
	if reason == "" {
		reason = "disabled by " + identityOf(ctx).Actor
	}
	sub, err := s.Webhooks.Disable(ctx, in.Webhook, reason)
	return sub, orProblem(in.Webhook, err)
}

type attemptsBody struct {
	Attempts []webhooks.Attempt `json:"attempts"`
}

func (b attemptsBody) table() table {
	t := table{header: []string{"sequence", "id", "notice", "purpose", "number", "began", "milliseconds", "status", "outcome", "error", "answer", "next"}}
	for _, a := range b.Attempts {
		t.rows = append(t.rows, []string{fmt.Sprint(a.Sequence), a.ID, a.Notice, a.Purpose, strconv.Itoa(a.Number), instant(a.Began), fmt.Sprint(a.Millis), strconv.Itoa(a.Status), a.Outcome, a.Error, a.Answer, instant(a.Next)})
	}
	return t
}

func (s *API) webhookAttempts(ctx context.Context, in *struct {
	WebhookInput
	FormatInput
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many at most"`
	Before uint64 `query:"before" doc:"Those before this sequence; the last ones where absent"`
}) (body attemptsBody, err error) {
	if _, err := s.Webhooks.Get(ctx, in.Webhook); err != nil {
		return body, webhookProblem(in.Webhook, err)
	}
	body.Attempts, err = s.Webhooks.Attempts(ctx, in.Webhook, in.Limit, in.Before)
	body.Attempts = append([]webhooks.Attempt{}, body.Attempts...)
	return body, orProblem(in.Webhook, err)
}

type parkedBody struct {
	Parked []webhooks.Parked `json:"parked"`
}

func (b parkedBody) table() table {
	t := table{header: []string{"notice", "title", "since", "attempts", "error"}}
	for _, p := range b.Parked {
		t.rows = append(t.rows, []string{p.Notice.String(), p.Title, instant(p.Since), strconv.Itoa(p.Attempts), p.Error})
	}
	return t
}

func (s *API) webhookParked(ctx context.Context, in *struct {
	WebhookInput
	FormatInput
}) (body parkedBody, err error) {
	if _, err := s.Webhooks.Get(ctx, in.Webhook); err != nil {
		return body, webhookProblem(in.Webhook, err)
	}
	body.Parked, err = s.Webhooks.Parked(ctx, in.Webhook)
	body.Parked = append([]webhooks.Parked{}, body.Parked...)
	return body, orProblem(in.Webhook, err)
}

// WebhookReplay chooses what is sent again.
type WebhookReplay struct {
	Notice  string `json:"notice,omitempty" doc:"This one notice" example:"812.1"`
	After   string `json:"after,omitempty" doc:"Those behind this notice, or behind all of a position" example:"800"`
	Through string `json:"through,omitempty" doc:"Up to and with this notice; up to where the subscription has come where absent" example:"812.1"`
	Parked  bool   `json:"parked,omitempty" doc:"Only what is parked"`
	Limit   int    `json:"limit,omitempty" minimum:"1" maximum:"100" doc:"How many at most; 100 where absent"`
}

func (s *API) replayWebhook(ctx context.Context, in *struct {
	WebhookInput
	Body WebhookReplay
}) (done webhooks.Replayed, err error) {
	r, err := replayRange(in.Body)
	if err != nil {
		return done, err
	}
	limit := in.Body.Limit
	if limit == 0 {
		limit = 100
	}
	done, err = s.Webhooks.Replay(ctx, in.Webhook, r, limit)
	return done, orProblem(in.Webhook, err)
}

func replayRange(in WebhookReplay) (r webhooks.ReplayRange, err error) {
	r.OnlyParked = in.Parked
	if in.Notice != "" {
		if in.After != "" || in.Through != "" {
			return r, problem.Invalid("notice", "one notice and a range exclude each other", "notice, or after with or without through")
		}
		if r.Through, err = parseNotice("notice", in.Notice); err != nil {
			return r, err
		}
		r.After = r.Through // one id twice: this one
		return r, nil
	}
	if in.After == "" && !in.Parked {
		return r, problem.Invalid("after", "nothing says what is to be sent again", "notice, after, or parked")
	}
	if in.After != "" {
		if r.After, err = parseNotice("after", in.After); err != nil {
			return r, err
		}
	}
	if in.Through != "" {
		r.Through, err = parseNotice("through", in.Through)
	}
	return r, err
}

func parseNotice(field, text string) (notices.ID, error) {
	id, err := notices.ParseID(text)
	if err != nil || field == "notice" && id.N == 0 {
		return id, problem.Invalid(field, strconv.Quote(problem.Clip(text))+" is no id of a notice", "<position>.<number>, such as 812.1")
	}
	return id, nil
}

func (s *API) webhookLag(ctx context.Context, in *WebhookInput) (webhooks.Lag, error) {
	lag, err := s.Webhooks.Lag(ctx, in.Webhook)
	return lag, orProblem(in.Webhook, err)
}

type keysBody struct {
	Keys []string `json:"keys" doc:"whpk_ and the key in base64"`
}

// describeDeliveries adds to the description what receivers are sent.
func (s *API) describeDeliveries() {
	doc := s.api.OpenAPI()
	text := func(name, description string) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: true, Description: description, Schema: &huma.Schema{Type: "string"}}
	}
	event := &huma.Schema{Type: "object", Description: "A structured CloudEvent 1.0", Properties: map[string]*huma.Schema{
		"specversion":     {Type: "string", Enum: []any{"1.0"}},
		"id":              {Type: "string", Description: "The same as webhook-id"},
		"source":          {Type: "string", Description: "Public address of the depositary"},
		"type":            {Type: "string", Description: "depositary. and the kind of the notice; depositary.challenge; depositary.ping"},
		"subject":         {Type: "string", Description: "Treaty, or treaty/participant"},
		"time":            {Type: "string", Format: "date-time"},
		"datacontenttype": {Type: "string", Enum: []any{"application/json"}},
		"subscription":    {Type: "string"},
		"sequence":        {Type: "string", Description: "Sorts as a string as the notices are told"},
		"previous":        {Type: "string", Description: "webhook-id of the message before; absent in the first. Another than the last one that came means a hole"},
		"data":            {Description: "The notice; of a challenge an object with the text to answer with"},
	}, Required: []string{"specversion", "id", "source", "type", "time", "subscription", "data"}}
	doc.Webhooks = map[string]*huma.PathItem{"notice": {Post: &huma.Operation{
		OperationID: "notice", Summary: "A notice is told to a subscriber", Tags: []string{"Webhooks"},
		Description: "Sent at least once, always under the same id and with the same bytes. A challenge is answered with its text, alone or as {\"challenge\": …}.",
		Parameters: []*huma.Param{text("webhook-id", "Id of the message, the same at each attempt"), text("webhook-timestamp", "Seconds since 1970 of this attempt"),
			text("webhook-signature", "v1 and v1a signatures of id.timestamp.body, separated by blanks (Standard Webhooks)")},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/cloudevents+json": {Schema: event}}},
		Responses: map[string]*huma.Response{"2XX": {Description: "Taken"}, "410": {Description: "Gone: the subscription is disabled"},
			"default": {Description: "Failed: it is sent again by the schedule"}},
	}}}
}
