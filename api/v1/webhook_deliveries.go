package v1

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/problem"
	"depositary/api/webhooks"
	"depositary/projections/notices"
)

type attemptsBody struct {
	Attempts []webhooks.Attempt `json:"attempts"`
	Following
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
	Cursor uint64 `query:"cursor" doc:"Where the page begins: next of the page before"`
}) (body attemptsBody, err error) {
	if _, err := s.Webhooks.Get(ctx, in.Webhook); err != nil {
		return body, ofSubscription(in.Webhook, err)
	}
	found, err := s.Webhooks.Attempts(ctx, in.Webhook, in.Limit, cmp.Or(in.Cursor, in.Before))
	body.Attempts = append([]webhooks.Attempt{}, found...)
	if n := len(found); n == in.Limit && found[n-1].Sequence > 1 {
		body.Next = fmt.Sprint(found[n-1].Sequence)
	}
	return body, ofSubscription(in.Webhook, err)
}

type parkedBody struct {
	Parked []webhooks.Parked `json:"parked"`
	Following
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
	PartInput
}) (body parkedBody, err error) {
	if _, err := s.Webhooks.Get(ctx, in.Webhook); err != nil {
		return body, ofSubscription(in.Webhook, err)
	}
	all, err := s.Webhooks.Parked(ctx, in.Webhook)
	if err != nil {
		return body, ofSubscription(in.Webhook, err)
	}
	body.Parked, body.Following, err = paged(all, in.Cursor, in.Limit, func(p webhooks.Parked) string { return p.Notice.String() })
	return body, err
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
	return done, ofSubscription(in.Webhook, err)
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
	return lag, ofSubscription(in.Webhook, err)
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
		"sequence":        {Type: "string", Description: "Sorts as a string in the order of the notices"},
		"previous":        {Type: "string", Description: "webhook-id of the message before; absent in the first. Another than the last one that came means a hole"},
		"data":            {Description: "The notice; of a challenge an object with the text to answer with"},
	}, Required: []string{"specversion", "id", "source", "type", "time", "subscription", "data"}}
	doc.Webhooks = map[string]*huma.PathItem{"notice": {Post: &huma.Operation{
		OperationID: "notice", Summary: "A notice is delivered to a subscriber", Tags: []string{"Webhooks"},
		Description: "Sent at least once, always under the same id and with the same bytes. A challenge is answered with its text, alone or as {\"challenge\": …}.",
		Parameters: []*huma.Param{text("webhook-id", "Id of the message, the same at each attempt"), text("webhook-timestamp", "Seconds since 1970 of this attempt"),
			text("webhook-signature", "v1 and v1a signatures of id.timestamp.body, separated by blanks (Standard Webhooks)")},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/cloudevents+json": {Schema: event}}},
		Responses: map[string]*huma.Response{"2XX": {Description: "Taken"}, "410": {Description: "Gone: the subscription is disabled"},
			"default": {Description: "Failed: it is sent again by the schedule"}},
	}}}
}

func (s *API) webhookKeys(ctx context.Context, in *WebhookInput) (keysBody, error) {
	sub, err := s.Webhooks.Get(ctx, in.Webhook)
	return keysBody{append([]string{}, sub.PublicKeys...)}, ofSubscription(in.Webhook, err)
}
