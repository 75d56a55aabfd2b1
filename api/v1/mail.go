package v1

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/audit"
	"depositary/api/mail"
	"depositary/api/problem"
	"depositary/projections/wording"
)

// Mail: what those who operate see of the subscriptions, and how they end one. Readers
// subscribe and unsubscribe on pages.

// sendsMail refuses where this program sends no mail.
func (s *API) sendsMail(ctx huma.Context, next func(huma.Context)) {
	if s.Mail == nil {
		s.writeProblem(ctx, problem.New(http.StatusNotFound, "not-found", "this depositary sends no mail; serve --smtp names a server that does"))
		return
	}
	next(ctx)
}

type mailBody struct {
	Subscriptions []mail.Subscriber `json:"subscriptions"`
}

func (b mailBody) table() table {
	t := table{header: []string{"id", "every", "language", "treaties", "participants", "groups", "state", "reason", "created", "confirmed", "after", "next", "sent"}}
	for _, m := range b.Subscriptions {
		t.rows = append(t.rows, []string{m.ID, string(m.Every), m.Language, wording.Join(m.Filter.Treaties, ", "), wording.Join(m.Filter.Participants, ", "), wording.Join(m.Filter.Groups, ", "), string(m.State), m.Reason,
			instant(m.Created), instant(m.Confirmed), m.After.String(), instant(m.Next), fmt.Sprint(m.Sent)})
	}
	return t
}

func (s *API) listMail(ctx context.Context, _ *FormatInput) (body mailBody, err error) {
	body.Subscriptions, err = s.Mail.List(ctx)
	return body, err
}

// MailInput names a subscription.
type MailInput struct {
	Subscription string `path:"subscription" doc:"Id of the subscription"`
}

func (s *API) deleteMail(ctx context.Context, in *MailInput) (*struct{}, error) {
	err := s.Mail.Remove(ctx, in.Subscription)
	if errors.Is(err, mail.ErrUnknown) {
		return nil, problem.NotFound("subscription", "mail subscription", strings.TrimSpace(in.Subscription), "an id listed at /v1/mail")
	}
	if err != nil {
		return nil, err
	}
	who := identityOf(ctx)
	return nil, s.Audit.Write(ctx, audit.Entry{Actor: who.Actor, Kind: audit.SubscriptionEnded, Subject: in.Subscription, Token: who.Token, Detail: "by mail"})
}
