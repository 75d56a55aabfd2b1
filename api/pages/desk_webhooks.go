package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/pages/lang"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/notices"
)

// Webhooks at the desk: subscriptions, what is done about them, and how their
// deliveries went.

func (s *Site) routesDeskWebhooks() {
	s.desk("GET", "/webhooks", roles{auth.Subscribe, auth.Operate}, s.webhooks)
	s.desk("POST", "/webhooks", roles{auth.Subscribe, auth.Operate}, s.addWebhook)
	s.desk("GET", "/webhooks/{webhook}", roles{auth.Subscribe, auth.Operate}, func(c *clerk) (view, error) { return s.webhook(c, webhookBody{}) })
	s.desk("POST", "/webhooks/{webhook}/{action}", roles{auth.Subscribe, auth.Operate}, s.changeWebhook)
}

type webhooksBody struct {
	All     []webhooks.Subscription
	Kinds   []notices.Kind
	Form    url.Values
	Problem *webhooks.SpecError
	None    bool // this program keeps no subscriptions
}

func (s *Site) webhooks(c *clerk) (view, error) {
	return s.webhooksWith(c, webhooksBody{Form: url.Values{}})
}

func (s *Site) webhooksWith(c *clerk, b webhooksBody) (view, error) {
	v := view{template: "desk_webhooks", title: c.Lang.Text("desk.webhooks")}
	b.Kinds = notices.Kinds()
	if s.Webhooks == nil {
		b.None = true
		v.body, v.status = b, http.StatusServiceUnavailable
		return v, nil
	}
	var err error
	b.All, err = s.Webhooks.List(c.Context())
	b.All = slices.DeleteFunc(b.All, func(sub webhooks.Subscription) bool { return !c.owns(sub) })
	if b.Problem != nil {
		v.status = http.StatusUnprocessableEntity
	}
	v.body = b
	return v, err
}

// owns reports whether a subscription is for who is at the desk: its maker, or
// somebody who operates.
func (c *clerk) owns(sub webhooks.Subscription) bool {
	return c.Identity.May(auth.Operate) || sub.BelongsTo(c.Identity.Actor)
}

// noteWebhook writes what was done to a subscription into the audit log.
func (s *Site) noteWebhook(c *clerk, kind audit.Kind, id, detail string) error {
	return s.Audit.Write(c.Context(), audit.Entry{Actor: c.Identity.Actor, Kind: kind, Subject: id, Token: c.Identity.Token, Detail: detail})
}

// addWebhook subscribes, and shows the secret this once.
func (s *Site) addWebhook(c *clerk) (view, error) {
	if s.Webhooks == nil {
		return s.webhooks(c)
	}
	spec, err := c.spec()
	var made webhooks.Subscription
	var secrets webhooks.Secrets
	if err == nil {
		made, secrets, err = s.Webhooks.Create(c.Context(), c.Identity.Actor, spec, c.Views.Position)
	}
	var problem *webhooks.SpecError
	if errors.As(err, &problem) {
		return s.webhooksWith(c, webhooksBody{Form: c.PostForm, Problem: problem})
	}
	if err != nil {
		return view{}, err
	}
	if err := s.noteWebhook(c, audit.SubscriptionMade, made.ID, spec.URL); err != nil {
		return view{}, err
	}
	c.SetPathValue("webhook", made.ID)
	return s.webhook(c, webhookBody{Secrets: &secrets})
}

// spec reads what a form asks for; its error is a *webhooks.SpecError.
func (c *clerk) spec() (w webhooks.Spec, err error) {
	form := c.PostForm
	w = webhooks.Spec{URL: strings.TrimSpace(form.Get("url")), Note: strings.TrimSpace(form.Get("note")), Order: webhooks.Order(form.Get("order"))}
	w.Filter.Kinds, w.Filter.Backfill = form["kind"], form.Get("backfill") != ""
	if rate := form.Get("rate"); rate != "" {
		if w.Rate, err = strconv.Atoi(rate); err != nil {
			return w, &webhooks.SpecError{Field: "rate", Problem: "not a number", Accepted: "1 to 500"}
		}
	}
	for _, scheme := range form["scheme"] {
		w.Schemes = append(w.Schemes, webhooks.Scheme(scheme))
	}
	for text := range names(form.Get("treaty")) {
		id, err := find.Treaty(c.Views.State, text)
		if err != nil {
			return w, &webhooks.SpecError{Field: "treaty", Problem: err.Error(), Accepted: "ids or short names, with commas"}
		}
		w.Filter.Treaties = append(w.Filter.Treaties, id)
	}
	for text := range names(form.Get("participant")) {
		p, err := find.Participant(c.Views.State, text, c.Today)
		if err != nil {
			return w, &webhooks.SpecError{Field: "participant", Problem: err.Error(), Accepted: "ids, codes or names, with commas"}
		}
		w.Filter.Participants = append(w.Filter.Participants, p.ID)
	}
	for text := range names(form.Get("group")) {
		id := domain.GroupID(strings.ToUpper(text))
		if _, ok := c.Views.State.Group(id, domain.Everything()); !ok {
			return w, &webhooks.SpecError{Field: "group", Problem: strconv.Quote(text) + " is no group", Accepted: "ids of groups, with commas, such as OECD"}
		}
		w.Filter.Groups = append(w.Filter.Groups, id)
	}
	return w, nil
}

// names returns what a field names, with commas between.
func names(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	}
}

type webhookBody struct {
	webhooks.Subscription
	Secrets  *webhooks.Secrets
	Lag      webhooks.Lag
	Attempts []webhooks.Attempt
	Parked   []webhooks.Parked
	Told     string // what came of what was asked for
	Failed   bool
}

// attemptsShown is how many attempts the page of a subscription lists.
const attemptsShown = 50

// webhook shows one subscription with its deliveries.
func (s *Site) webhook(c *clerk, b webhookBody) (view, error) {
	id := c.PathValue("webhook")
	if s.Webhooks == nil {
		return view{}, missing("webhook", id)
	}
	var err error
	if b.Subscription, err = s.Webhooks.Get(c.Context(), id); err != nil || !c.owns(b.Subscription) {
		return view{}, missing("webhook", id)
	}
	errs := make([]error, 3)
	b.Lag, errs[0] = s.Webhooks.Lag(c.Context(), id)
	b.Attempts, errs[1] = s.Webhooks.Attempts(c.Context(), id, attemptsShown, 0)
	b.Parked, errs[2] = s.Webhooks.Parked(c.Context(), id)
	v := view{template: "desk_webhook", title: c.Lang.Text("desk.webhook", "url", b.URL), body: b}
	if b.Failed {
		v.status = http.StatusConflict
	}
	return v, errors.Join(errs...)
}

// changeWebhook does something about a subscription and shows what came of it.
func (s *Site) changeWebhook(c *clerk) (view, error) {
	id, action := c.PathValue("webhook"), c.PathValue("action")
	if s.Webhooks == nil {
		return view{}, missing("webhook", id)
	}
	if !lang.English().Has("desk.done." + action) {
		return view{}, errNoPage
	}
	b := webhookBody{Told: c.Lang.Text("desk.done." + action)}
	if sub, err := s.Webhooks.Get(c.Context(), id); err != nil || !c.owns(sub) {
		return view{}, missing("webhook", id)
	}
	var err error
	switch action {
	case "verify":
		var attempt webhooks.Attempt
		_, attempt, err = s.Webhooks.Verify(c.Context(), id)
		b.attempted(attempt)
	case "ping":
		var attempt webhooks.Attempt
		attempt, err = s.Webhooks.Ping(c.Context(), id)
		b.attempted(attempt)
	case "rotate":
		var secrets webhooks.Secrets
		_, secrets, err = s.Webhooks.Rotate(c.Context(), id)
		if err == nil {
			err = s.noteWebhook(c, audit.SecretsRotated, id, "")
		}
		b.Secrets = &secrets
	case "enable":
		_, err = s.Webhooks.Enable(c.Context(), id)
	case "disable":
		_, err = s.Webhooks.Disable(c.Context(), id, c.Lang.Text("desk.disabledBy", "who", c.Identity.Actor))
	case "replay":
		err = c.replay(s.Webhooks, id, &b)
	case "delete":
		if err = s.Webhooks.Delete(c.Context(), id); err == nil {
			err = s.noteWebhook(c, audit.SubscriptionEnded, id, "")
		}
		if err == nil {
			return view{redirect: "/" + c.Lang.Tag + "/desk/webhooks"}, nil
		}
	default:
		return view{}, errNoPage
	}
	if errors.Is(err, webhooks.ErrUnknown) {
		return view{}, missing("webhook", id)
	}
	if slices.ContainsFunc([]error{webhooks.ErrUnverified, webhooks.ErrState, eventstore.ErrRevision}, func(known error) bool { return errors.Is(err, known) }) {
		if !b.Failed {
			b.Told, b.Failed = err.Error(), true
		}
		err = nil
	}
	if err != nil {
		return view{}, err
	}
	return s.webhook(c, b)
}

// attempted says why an attempt failed.
func (b *webhookBody) attempted(a webhooks.Attempt) {
	if a.Outcome != "" && a.Outcome != "taken" {
		b.Told, b.Failed = a.Error, true
	}
}

// replay sends again what a form chooses: one notice, or what is parked.
func (c *clerk) replay(service *webhooks.Service, id string, b *webhookBody) error {
	r := webhooks.ReplayRange{OnlyParked: c.PostForm.Get("parked") != ""}
	for field, to := range map[string]*notices.ID{"after": &r.After, "through": &r.Through} {
		if text := strings.TrimSpace(c.PostForm.Get(field)); text != "" {
			notice, err := notices.ParseID(text)
			if err != nil {
				return &projections.InputError{Field: field, Reason: err.Error(), Accepted: "<position>.<number>, such as 812.1"}
			}
			*to = notice
		}
	}
	if !r.OnlyParked && r.After == (notices.ID{}) {
		return &projections.InputError{Field: "after", Reason: "nothing says what is to be sent again", Accepted: "the notice after which to begin, such as 812.1"}
	}
	done, err := service.Replay(c.Context(), id, r, 100)
	b.Told, b.Failed = c.Lang.Text("desk.replayed", "n", done.Sent), done.Failed > 0
	return err
}
