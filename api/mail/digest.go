package mail

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"depositary/api/pages/lang"
	"depositary/domain"
	"depositary/projections/notices"
)

const (
	mostTold   = 100 // notices in a digest; of more there is the number, and a link
	pageOfRead = 500
)

// message returns what is due for a subscription: the request for confirmation, or
// the digest of the notices up to through; nil where there is nothing to tell.
func (s *Service) message(ctx context.Context, sub *record) (m *gomail.Msg, through notices.ID, err error) {
	address, err := s.keys.open(sub.Sealed, sub.ID)
	if err != nil {
		return nil, through, err
	}
	l, ok := lang.Find(sub.Language)
	if !ok {
		l = lang.English()
	}
	letter := letter{Service: s, sub: sub, l: l, link: s.Public + "/" + l.Tag + "/mail/" + s.keys.token(sub.ID)}
	if sub.State == Unconfirmed {
		letter.confirmation()
		m, err = letter.message(address, sub.ID+".confirm")
		return m, through, err
	}
	through = notices.ID{Position: s.Projection.Current().Position, N: behindAll}
	told, n, err := s.told(ctx, sub.Filter, sub.After, through)
	if err != nil || n == 0 {
		return nil, through, err
	}
	letter.digest(told, n)
	m, err = letter.message(address, fmt.Sprintf("%s.%d", sub.ID, through.Position))
	return m, through, err
}

// told returns the first notices after one and up to another, and how many there
// are.
func (s *Service) told(ctx context.Context, f notices.NoticeFilter, after, through notices.ID) (told []notices.Notice, n int, err error) {
	for more := true; more; {
		var page []notices.Notice
		if page, after, more, err = s.Notices.Page(ctx, f, after, pageOfRead); err != nil {
			return nil, 0, err
		}
		for _, notice := range page {
			if notice.ID.Compare(through) > 0 {
				return told, n, nil
			}
			if n++; n <= mostTold {
				told = append(told, notice)
			}
		}
		if after.Compare(through) >= 0 {
			break
		}
	}
	return told, n, nil
}

// letter is one message as it is written.
type letter struct {
	*Service
	sub     *record
	l       *lang.Language
	link    string // of the page on which the subscription is confirmed and ended
	subject string
	text    strings.Builder
}

func (t *letter) line(text string) { t.text.WriteString(text + "\n") }

func (t *letter) confirmation() {
	t.subject = t.l.Text("mail.confirmSubject")
	t.line(t.l.Text("mail.confirmText", "what", t.Describe(t.sub.Subscriber, t.l)))
	t.line("")
	t.line(t.link)
	t.line("")
	t.line(t.l.Text("mail.confirmNot"))
}

func (t *letter) digest(told []notices.Notice, n int) {
	today := domain.DateOf(t.Now().In(t.Zone))
	t.subject = t.l.Text("mail.subject", "n", n, "day", today)
	for _, notice := range told {
		t.notice(notice)
	}
	if n > len(told) {
		t.line(t.l.Text("mail.more", "n", n-len(told)))
		t.line(t.Public + "/" + t.l.Tag + "/notices")
		t.line("")
	}
	t.line("-- ")
	t.line(t.l.Text("mail.why", "what", t.Describe(t.sub.Subscriber, t.l)))
	t.line(t.l.Text("mail.leave") + " " + t.link)
}

// notice tells one notice: its sentence, which is English, why, and where to look.
func (t *letter) notice(n notices.Notice) {
	t.line(t.l.Day(n.Date) + ": " + oneLine(n.Title))
	if n.Why != "" {
		t.line("  " + oneLine(n.Why))
	}
	t.line("  " + t.Public + "/" + t.l.Tag + "/notices/" + n.ID.String())
	t.line("")
}

// Describe says in one line what a subscription asks for.
func (s *Service) Describe(sub Subscriber, l *lang.Language) string {
	var of []string
	state, today := s.Projection.Current().State, domain.DateOf(s.Now().In(s.Zone))
	for _, id := range sub.Filter.Treaties {
		if treaty, ok := state.Treaty(id, domain.Everything()); ok {
			of = append(of, treaty.Short)
		}
	}
	for _, id := range sub.Filter.Participants {
		if p, ok := state.Participant(id, domain.Everything()); ok {
			of = append(of, l.Participant(id, today, p.Name(today)))
		}
	}
	for _, id := range sub.Filter.Groups {
		of = append(of, string(id))
	}
	if len(of) == 0 {
		of = []string{l.Text("mail.all")}
	}
	return strings.Join(of, ", ") + " (" + l.Text("mail.every."+string(sub.Every)) + ")"
}

// oneLine keeps text from records from becoming more than a line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// message addresses the letter. Its id is the same whenever it is sent.
func (t *letter) message(address, id string) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(t.Server.From); err != nil {
		return nil, fmt.Errorf("mail: sender: %w", err)
	}
	if err := m.To(address); err != nil {
		return nil, fmt.Errorf("mail: the address of %s cannot be written to", t.sub.ID)
	}
	public, err := url.Parse(t.Public)
	if err != nil {
		return nil, fmt.Errorf("mail: public address: %w", err)
	}
	m.SetMessageIDWithValue(id + "@" + public.Hostname())
	m.SetDateWithValue(t.Now())
	m.SetUserAgent("Depositary/" + t.Version)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nothing answers it by itself
	m.SetGenHeader("Content-Language", t.l.Tag)
	if t.sub.State == Active {
		if err := m.SetListUnsubscribeOneClick(t.link + "/leave"); err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
		m.SetGenHeader("List-Id", "<notices."+public.Hostname()+">")
	}
	m.Subject(t.subject)
	m.SetBodyString(gomail.TypeTextPlain, t.text.String())
	return m, nil
}
