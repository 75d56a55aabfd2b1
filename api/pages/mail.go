package pages

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"depositary/api/auth"
	"depositary/api/mail"
	"depositary/api/pages/lang"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/notices"
)

// Digests by mail: a reader asks for one, confirms it, and ends it. Nobody has
// to sign in: the link in each message stands for its reader.

// mailAsks is how many requests one address of the network may make at once, and in
// an hour: each sends a message to somebody.
const mailAsks = 10

const mostChosenForMail = 50 // treaties, participants and groups each

func (s *Site) routesMail() {
	protection := http.NewCrossOriginProtection()
	asks := auth.NewLimiter(mailAsks/3600.0, mailAsks)
	for _, l := range lang.All() {
		at := "/" + l.Tag + "/mail"
		s.mux.Handle("POST "+at, protection.Handler(s.mailing(l, func(a *ask) (view, error) { return s.askForMail(a, asks) })))
		s.mux.Handle("GET "+at+"/{token}", s.mailing(l, s.mailLink))
		// Where a program opens what it should post to, or a reader changes the language.
		s.mux.HandleFunc("GET "+at+"/{token}/{step}", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, at+"/"+url.PathEscape(r.PathValue("token")), http.StatusSeeOther)
		})
		s.mux.Handle("POST "+at+"/{token}/confirm", protection.Handler(s.mailing(l, s.confirmMail)))
		// The programs of mail providers send this one (RFC 8058), which have no origin.
		s.mux.Handle("POST "+at+"/{token}/leave", s.mailing(l, s.leaveMail))
	}
}

// mailing answers with a page about mail that is for one reader and is not kept.
func (s *Site) mailing(l *lang.Language, show func(*ask) (view, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := s.asked(l, r)
		if s.Mail == nil {
			s.failed(w, a, errNoPage)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostForm)
		if err := r.ParseForm(); err != nil {
			s.failed(w, a, &projections.InputError{Field: "form", Reason: "it cannot be read, or is too large", Accepted: fmt.Sprintf("a form of up to %d KiB", mostForm>>10)})
			return
		}
		v, err := show(a)
		if errors.Is(err, mail.ErrUnknown) {
			v, err = view{template: "mail_link", title: l.Text("mail.title"), status: http.StatusNotFound, body: mailLinkBody{Gone: true}}, nil
		}
		v.desk = true
		s.answer(w, a, v, err)
	})
}

type mailBody struct {
	Offered                        bool // this depositary sends mail
	Treaties, Participants, Groups []string
	Choices                        []projections.TreatySummary
	AllGroups                      []*domain.Group
	Address, Every                 string
	Problem                        string // with the field that it is about
	Field                          string
	Sent                           bool
	status                         int
}

// mail shows the form for a digest, with what the address of the page chooses.
func (s *Site) mail(a *ask) view {
	q := a.URL.Query()
	return s.mailForm(a, mailBody{Treaties: q["treaty"], Participants: q["participant"], Groups: q["group"], Every: string(mail.EveryDay)})
}

func (s *Site) mailForm(a *ask, b mailBody) view {
	b.Offered, b.Choices = s.Mail != nil, a.choices()
	b.AllGroups = a.Views.State.Groups(domain.Everything())
	v := view{template: "mail", title: a.Lang.Text("mail.title"), description: a.Lang.Text("mail.about"), body: b, desk: true}
	if b.Problem != "" {
		v.status = cmp.Or(b.status, http.StatusUnprocessableEntity)
	}
	return v
}

// mailFilter finds the treaties, participants and groups that a form names.
func (a *ask) mailFilter(b mailBody) (f notices.NoticeFilter, err error) {
	for _, text := range b.Treaties {
		id, err := find.Treaty(a.Views.State, text)
		if err != nil {
			return f, err
		}
		f.Treaties = append(f.Treaties, id)
	}
	for _, text := range b.Participants {
		p, err := find.Participant(a.Views.State, text, a.Today)
		if err != nil {
			return f, err
		}
		f.Participants = append(f.Participants, p.ID)
	}
	for _, text := range b.Groups {
		known := func(g *domain.Group) bool { return string(g.ID) == text }
		if !slices.ContainsFunc(a.Views.State.Groups(domain.Everything()), known) {
			return f, &find.UnknownError{What: "group", Text: text}
		}
		f.Groups = append(f.Groups, domain.GroupID(text))
	}
	return f, nil
}

// askForMail sends the request for confirmation. Its answer does not depend on what
// the address is subscribed to.
func (s *Site) askForMail(a *ask, asks *auth.Limiter) (view, error) {
	f := a.PostForm
	b := mailBody{Treaties: chosenTexts(f["treaty"]), Participants: chosenTexts(strings.Split(f.Get("participant"), ";")), Groups: chosenTexts(f["group"]), Address: strings.TrimSpace(f.Get("address")), Every: f.Get("every")}
	request := mail.Request{Address: b.Address, Every: mail.Every(b.Every), Language: a.Lang}
	var err error
	if request.Filter, err = a.mailFilter(b); err == nil {
		if !asks.Allow(a.RemoteAddr, s.Now()) {
			b.Problem, b.status = a.Lang.Text("mail.tooMany"), http.StatusTooManyRequests
			return s.mailForm(a, b), nil
		}
		err = s.Mail.Ask(a.Context(), request)
	}
	var wrong *mail.FieldError
	var unknown *find.UnknownError
	var ambiguous *domain.AmbiguousNameError
	switch {
	case errors.As(err, &wrong):
		b.Problem, b.Field = a.Lang.Text("mail.wrong."+wrong.Field), wrong.Field
	case errors.As(err, &unknown), errors.As(err, &ambiguous):
		b.Problem = a.Lang.Text("mail.unknown", "name", clipped(nameOf(unknown, ambiguous)))
	case errors.Is(err, mail.ErrFull):
		b.Problem = a.Lang.Text("mail.full")
	case err != nil:
		return view{}, err
	default:
		b.Sent = true
	}
	return s.mailForm(a, b), nil
}

// nameOf returns the name that nothing, or more than one thing, has.
func nameOf(unknown *find.UnknownError, ambiguous *domain.AmbiguousNameError) string {
	if unknown != nil {
		return unknown.Text
	}
	return ambiguous.Name
}

// chosenTexts leaves out what is empty, and what is more than a form offers.
func chosenTexts(texts []string) (chosen []string) {
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			chosen = append(chosen, text)
		}
	}
	return chosen[:min(len(chosen), mostChosenForMail)]
}

type mailLinkBody struct {
	Subscription mail.Subscriber
	What         string // was chosen
	Token        string
	Gone         bool // there is none, or no longer
	Done         string
}

// mailLink shows the subscription of a link, with what its reader may do. The link
// itself changes nothing: programs that look for malice open links before people do.
func (s *Site) mailLink(a *ask) (view, error) {
	sub, err := s.Mail.Of(a.Context(), a.PathValue("token"))
	return s.mailLinkView(a, sub, ""), err
}

func (s *Site) mailLinkView(a *ask, sub mail.Subscriber, done string) view {
	b := mailLinkBody{Subscription: sub, Token: a.PathValue("token"), Done: done}
	if sub.ID != "" {
		b.What = s.Mail.Describe(sub, a.Lang)
	}
	return view{template: "mail_link", title: a.Lang.Text("mail.title"), body: b}
}

func (s *Site) confirmMail(a *ask) (view, error) {
	sub, err := s.Mail.Confirm(a.Context(), a.PathValue("token"))
	return s.mailLinkView(a, sub, "confirmed"), err
}

func (s *Site) leaveMail(a *ask) (view, error) {
	err := s.Mail.Leave(a.Context(), a.PathValue("token"))
	return s.mailLinkView(a, mail.Subscriber{}, "left"), err
}
