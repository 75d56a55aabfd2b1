package v1

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/problem"
	"depositary/api/webhooks"
	"depositary/eventstore"
	"depositary/projections/wording"
)

// Webhooks: subscriptions, their deliveries, and what is done about them.
// Addresses are private: all of it needs a token, but for the published keys.

const WebhooksPath = "/v1/webhooks"

// keepsWebhooks refuses where this program keeps no subscriptions: they belong
// to a server that runs.
func (s *API) keepsWebhooks(ctx huma.Context, next func(huma.Context)) {
	if s.Webhooks == nil {
		s.writeProblem(ctx, problem.Unavailable("subscriptions are kept by a running server; depositary serve starts one"))
		return
	}
	next(ctx)
}

// ownWebhook hides a subscription from who did not make it and does not operate:
// its address and its secrets are its maker's. Published keys are open to all.
func (s *API) ownWebhook(ctx huma.Context, next func(huma.Context)) {
	id, who := ctx.Param("webhook"), identityOf(ctx.Context())
	if id == "" || who.Actor == "" || who.May(auth.Operate) {
		next(ctx)
		return
	}
	sub, err := s.Webhooks.Get(ctx.Context(), id)
	if err == nil && !sub.BelongsTo(who.Actor) {
		err = webhooks.ErrUnknown
	}
	if err != nil {
		s.writeProblem(ctx, s.failed("ownWebhook", ofSubscription(id, err)))
		return
	}
	next(ctx)
}

// noteWebhook writes what was done to a subscription into the audit log.
func (s *API) noteWebhook(ctx context.Context, kind audit.Kind, id, detail string) error {
	who := identityOf(ctx)
	return s.Audit.Write(ctx, audit.Entry{Actor: who.Actor, Kind: kind, Subject: id, Token: who.Token, Detail: detail})
}

// ofSubscription names the subscription of an operation in its error, for the
// table of problems; nil stays nil.
func ofSubscription(id string, err error) error {
	if err == nil {
		return nil
	}
	return &webhooks.OperationError{Subscription: id, Cause: err}
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
	Corridors    []string          `json:"corridors,omitempty" doc:"Corridors as in MEX/USA, of which both ends are taken as participants"`
	Groups       []string          `json:"groups,omitempty" doc:"Ids of groups"`
	Backfill     bool              `json:"backfill,omitempty" doc:"Also history that is recorded afterwards"`
	Order        webhooks.Order    `json:"order,omitempty" enum:"ordered,parallel" doc:"ordered where absent"`
	Rate         int               `json:"rate,omitempty" doc:"Requests a second at most, 1 to 500; 50 where absent"`
	Schemes      []webhooks.Scheme `json:"schemes,omitempty" doc:"Signatures: v1 (shared secret), v1a (published key); v1 where absent"`
}

// spec makes names ids; each is checked.
func (s *API) spec(in WebhookWish) (w webhooks.Spec, err error) {
	f, err := s.noticeFilter(NoticesInput{Kind: in.Kinds, ChosenInput: ChosenInput{in.Treaties, in.Participants, in.Corridors, in.Groups}, Backfill: in.Backfill})
	var p *problem.Problem
	if errors.As(err, &p) {
		p.Type, p.Status, p.Title = "urn:depositary:input", http.StatusUnprocessableEntity, http.StatusText(http.StatusUnprocessableEntity) // what only the body names is not the address
	}
	return webhooks.Spec{URL: in.URL, Note: in.Note, Filter: f, Order: in.Order, Rate: in.Rate, Schemes: in.Schemes}, err
}

// WebhookMade is a subscription with its secrets, which are shown this once.
type WebhookMade struct {
	Subscription webhooks.Subscription `json:"subscription"`
	Secrets      webhooks.Secrets      `json:"secrets" doc:"Shown this once"`
}

func (s *API) createWebhook(ctx context.Context, in *struct {
	Body struct {
		WebhookWish
		After *uint64 `json:"after,omitempty" doc:"Notices of commits after this position are delivered; those after the ledger's end as it is now where absent"`
	}
}) (made WebhookMade, err error) {
	spec, err := s.spec(in.Body.WebhookWish)
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
	made.Subscription, made.Secrets, err = s.Webhooks.Create(ctx, identityOf(ctx).Actor, spec, after)
	if err != nil {
		return made, ofSubscription("", err)
	}
	return made, s.noteWebhook(ctx, audit.SubscriptionMade, made.Subscription.ID, spec.URL)
}

type webhooksBody struct {
	Webhooks []webhooks.Subscription `json:"webhooks"`
	Following
}

func (b webhooksBody) table() table {
	t := table{header: []string{"id", "url", "note", "state", "reason", "since", "order", "rate", "schemes", "kinds", "treaties", "participants", "groups", "backfill", "after", "created", "creator"}}
	for _, w := range b.Webhooks {
		t.rows = append(t.rows, []string{w.ID, w.URL, w.Note, string(w.State), w.Reason, instant(w.Since), string(w.Order), strconv.Itoa(w.Rate), wording.Join(w.Schemes, ", "), strings.Join(w.Filter.Kinds, ", "),
			wording.Join(w.Filter.Treaties, ", "), wording.Join(w.Filter.Participants, ", "), wording.Join(w.Filter.Groups, ", "), yes(w.Filter.Backfill), fmt.Sprint(w.After), instant(w.Created), w.Creator})
	}
	return t
}

func (s *API) listWebhooks(ctx context.Context, in *struct {
	FormatInput
	PartInput
}) (body webhooksBody, err error) {
	all, err := s.Webhooks.List(ctx)
	if err != nil {
		return body, ofSubscription("", err)
	}
	if who := identityOf(ctx); !who.May(auth.Operate) {
		all = slices.DeleteFunc(all, func(sub webhooks.Subscription) bool { return !sub.BelongsTo(who.Actor) })
	}
	body.Webhooks, body.Following, err = paged(all, in.Cursor, in.Limit, func(sub webhooks.Subscription) string { return sub.ID })
	return body, err
}

func (s *API) getWebhook(ctx context.Context, in *WebhookInput) (webhooks.Subscription, error) {
	sub, err := s.Webhooks.Get(ctx, in.Webhook)
	return sub, ofSubscription(in.Webhook, err)
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
	spec, err := s.spec(in.Body)
	if err != nil {
		return sub, err
	}
	sub, err = s.Webhooks.Update(ctx, in.Webhook, spec, revision)
	return sub, ofSubscription(in.Webhook, err)
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
	return v, ofSubscription(in.Webhook, err)
}

func (s *API) pingWebhook(ctx context.Context, in *WebhookInput) (webhooks.Attempt, error) {
	attempt, err := s.Webhooks.Ping(ctx, in.Webhook)
	return attempt, ofSubscription(in.Webhook, err)
}

func (s *API) rotateWebhook(ctx context.Context, in *WebhookInput) (made WebhookMade, err error) {
	made.Subscription, made.Secrets, err = s.Webhooks.Rotate(ctx, in.Webhook)
	if err != nil {
		return made, ofSubscription(in.Webhook, err)
	}
	return made, s.noteWebhook(ctx, audit.SecretsRotated, in.Webhook, made.Subscription.URL)
}

func (s *API) enableWebhook(ctx context.Context, in *WebhookInput) (webhooks.Subscription, error) {
	sub, err := s.Webhooks.Enable(ctx, in.Webhook)
	return sub, ofSubscription(in.Webhook, err)
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
	return sub, ofSubscription(in.Webhook, err)
}

func (s *API) deleteWebhook(ctx context.Context, in *WebhookInput) (*struct{}, error) {
	if err := s.Webhooks.Delete(ctx, in.Webhook); err != nil {
		return nil, ofSubscription(in.Webhook, err)
	}
	return nil, s.noteWebhook(ctx, audit.SubscriptionEnded, in.Webhook, "")
}
