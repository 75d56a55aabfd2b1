package pages

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/notification"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/intray"
)

// Depositary notifications at the desk: drafted from an act, changed as needed,
// shown as they will stand, and issued. What is issued is what was shown.

func (s *Site) routesDeskNotifications() {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		s.desk(method, "/notification", roles{auth.Record}, s.deskNotification)
		s.desk(method, "/templates", roles{auth.Define}, s.deskTemplates)
	}
}

// notificationForm is a draft in a form.
type notificationForm struct {
	actForm
	Draft    domain.DepositaryNotification
	Corrects string // reference of the notification that it corrects
	Acts     []domain.RecordID
	Shown    bool // as it will stand
}

// TextOf returns the text in a language as the form has it.
func (b *notificationForm) TextOf(language string) domain.NotificationText {
	i := slices.IndexFunc(b.Draft.Texts, func(t domain.NotificationText) bool { return t.Language == language })
	if i < 0 {
		return domain.NotificationText{Language: language}
	}
	return b.Draft.Texts[i]
}

// Languages lists the languages of the draft.
func (b *notificationForm) Languages() []string { return notification.Languages() }

// deskNotification shows a draft, or what would be issued, or issues it.
func (s *Site) deskNotification(c *clerk) (view, error) {
	b, err := s.notificationForm(c)
	if err != nil {
		return view{}, err
	}
	if c.Method == http.MethodPost {
		address, err := s.carryNotification(c, b)
		if err != nil || address != "" {
			return view{redirect: address}, err
		}
	}
	v := view{template: "desk_notification", title: c.Lang.Text("desk.notification.draft"), body: b}
	if len(b.Problems) > 0 {
		v.status = http.StatusUnprocessableEntity
	}
	return v, nil
}

// notificationForm reads which acts a notification is about, and the texts: from
// the form, or drafted.
func (s *Site) notificationForm(c *clerk) (*notificationForm, error) {
	b := &notificationForm{actForm: actForm{Form: c.Form, FourEyes: s.Secretariat.FourEyes}, Corrects: strings.TrimSpace(c.Form.Get("corrects"))}
	for _, text := range append([]string{c.Form.Get("record")}, c.Form["with"]...) {
		id, err := domain.ParseRecordID(text)
		if err != nil {
			return nil, missing("act", text)
		}
		b.Acts = append(b.Acts, id)
	}
	treaty, ok, err := s.Ledger.TreatyOf(b.Acts[0])
	if err != nil || !ok {
		return nil, cmpError(err, missing("act", b.Acts[0].String()))
	}
	b.Treaty = treaty
	var corrects domain.RecordID
	if issued, ok := c.Views.State.Notification(b.Corrects); ok {
		corrects = issued.ID
	}
	if c.Method == http.MethodGet {
		b.Draft, err = notification.Draft(c.Views.Now(c.Today), treaty, b.Acts, corrects)
		return b, err
	}
	b.Draft = domain.DepositaryNotification{Records: b.Acts, Corrects: corrects}
	for _, language := range notification.Languages() {
		title, text := strings.TrimSpace(c.Form.Get("title-"+language)), strings.TrimSpace(lines(c.Form.Get("text-"+language)))
		if title != "" || text != "" {
			b.Draft.Texts = append(b.Draft.Texts, domain.NotificationText{Language: language, Title: title, Text: text})
		}
	}
	return b, nil
}

// cmpError returns the first of two errors that is one.
func cmpError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// carryNotification shows what would be issued, or issues what was shown. It
// returns the address of what came of it, empty where the form is shown again.
func (s *Site) carryNotification(c *clerk, b *notificationForm) (string, error) {
	seen, _ := strconv.ParseUint(b.Form.Get("seen"), 10, 64) // empty at first
	command := &domain.IssueNotification{Treaty: b.Treaty, Notification: b.Draft, Seen: seen}
	who := commands.Actor{Identity: c.Identity, ID: c.Form.Get("id")}
	if c.Form.Get("do") == "record" {
		if b.Changed = c.Form.Get("previewed") != b.digest(); !b.Changed {
			receipt, err := s.Secretariat.Carry(c.Context(), who, command)
			if err == nil && receipt.Proposal != "" {
				return c.outcome(receipt), nil
			}
			if err == nil {
				return s.issuedAt(c, receipt), nil
			}
			if err := b.take(err); err != nil {
				return "", err
			}
			return "", nil
		}
	}
	if err := s.preview(c, &b.actForm, commands.Actor{Identity: c.Identity, ID: uuid.Must(uuid.NewV7()).String()}, command); err != nil {
		return "", err
	}
	b.Form.Set("id", uuid.Must(uuid.NewV7()).String())
	b.Shown = b.Preview != nil
	return "", nil
}

// issuedAt is the address of what was issued.
func (s *Site) issuedAt(c *clerk, r commands.Receipt) string {
	for _, n := range slices.Backward(s.Projection.Current().State.Notifications()) {
		if n.ID == r.Records[0] {
			return "/" + c.Lang.Tag + "/notifications/" + n.Reference
		}
	}
	return c.outcome(r)
}

// templatesBody are the templates, each in a form of its own.
type templatesBody struct {
	actForm
	Templates []domain.NotificationTemplate
	Fields    []string
	Saved     bool
}

// deskTemplates shows the templates, or defines one.
func (s *Site) deskTemplates(c *clerk) (view, error) {
	b := &templatesBody{actForm: actForm{Form: c.Form, FourEyes: s.Secretariat.FourEyes, Kinds: domain.ActionKinds()}, Fields: domain.TemplateFields(), Saved: c.URL.Query().Has("saved")}
	if c.Method == http.MethodPost {
		t := domain.NotificationTemplate{Of: c.Form.Get("of"), NotificationText: domain.NotificationText{Language: c.Form.Get("language"),
			Title: strings.TrimSpace(c.Form.Get("title")), Text: strings.TrimSpace(lines(c.Form.Get("text")))}}
		receipt, err := s.Secretariat.Carry(c.Context(), commands.Actor{Identity: c.Identity, ID: c.Form.Get("id")}, &domain.DefineTemplate{Template: t, Reason: strings.TrimSpace(c.Form.Get("reason"))})
		switch {
		case err == nil && receipt.Proposal != "":
			return view{redirect: c.outcome(receipt)}, nil
		case err == nil:
			return view{redirect: "/" + c.Lang.Tag + "/desk/templates?saved"}, nil
		}
		if err := b.take(err); err != nil {
			return view{}, err
		}
	}
	b.Templates = notification.Templates(s.Projection.Current().State)
	v := view{template: "desk_templates", title: c.Lang.Text("desk.notification.templates"), body: b}
	if len(b.Problems) > 0 {
		v.status = http.StatusUnprocessableEntity
	}
	return v, nil
}

// NewID returns the id of a command, so that a form that is sent twice is carried out
// once.
func (b *templatesBody) NewID() string { return uuid.Must(uuid.NewV7()).String() }

// dueAfter lists what a commit leaves to be notified.
func (s *Site) dueAfter(c *clerk, commit projections.CommitView) (group intrayGroup) {
	for _, item := range intray.Of(s.Projection.Current(), c.Today).Items {
		here := string(item.Treaty) == commit.Treaty && string(item.Participant) == commit.Participant
		if here && (item.Kind == intray.NotificationDue || item.Kind == intray.CorrigendumDue) {
			group.Items = append(group.Items, item)
		}
	}
	return group
}
