package pages

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/notices"
)

// Acts at the desk: recorded, corrected, annulled. What somebody types is first
// shown with its effects in law and with its notices; only that, and
// nothing changed since, is recorded. Where somebody else has recorded about the
// treaty meanwhile, that is shown, and what was typed stays.

func (s *Site) routesDeskActs() {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		s.desk(method, "/record", roles{auth.Record}, func(c *clerk) (view, error) { return s.deskAct(c, toRecord, domain.RecordID{}) })
		s.desk(method, "/acts/{record}/correction", roles{auth.Record}, func(c *clerk) (view, error) { return s.deskStanding(c, toCorrect) })
		s.desk(method, "/acts/{record}/annulment", roles{auth.Record}, func(c *clerk) (view, error) { return s.deskStanding(c, toAnnul) })
	}
	s.desk("GET", "/done/{position}", roles{auth.Record}, s.deskDone)
}

// purpose is what a form about an act is for.
type purpose string

const (
	toRecord  purpose = "record"
	toCorrect purpose = "correction"
	toAnnul   purpose = "annulment"
)

// actForm is a form about an act, and what came of it.
type actForm struct {
	Purpose      purpose
	Form         url.Values
	Documents    []domain.Document // brought and not yet recorded, or those of the act that is corrected
	Standing     *projections.RecordDetail
	Treaty       domain.TreatyID // as far as it is known
	Problems     []domain.Finding
	Queries      []domain.Finding // to be answered with a reason
	Preview      *commands.Receipt
	Told         []webhooks.Subscription // that would be notified
	Meanwhile    []projections.CommitView
	Changed      bool // since the effects were shown
	FourEyes     bool
	Arrival      *domain.ArrivalCourse // what arrived and is recorded so; nil: nothing of the in-tray
	Checks       []domain.Check        // the list by which it is examined
	Kinds        []domain.ActionKind
	Statements   []domain.ActionKind // kinds that may go with consent
	Treaties     []projections.TreatySummary
	Participants []domain.Participant
}

// deskStanding is a form about an act that is recorded.
func (s *Site) deskStanding(c *clerk, p purpose) (view, error) {
	id, err := domain.ParseRecordID(c.PathValue("record"))
	if err != nil {
		return view{}, missing("act", c.PathValue("record"))
	}
	return s.deskAct(c, p, id)
}

// deskAct shows a form about an act, with its effects, or carries it out.
func (s *Site) deskAct(c *clerk, p purpose, record domain.RecordID) (view, error) {
	b := &actForm{Purpose: p, Form: c.Form, FourEyes: s.Secretariat.FourEyes, Kinds: domain.ActionKinds()}
	if err := s.standing(c, b, record); err != nil {
		return view{}, err
	}
	if c.Method == http.MethodPost {
		address, err := s.carryAct(c, b)
		if err != nil || address != "" {
			return view{redirect: address}, err
		}
	}
	b.offer(c)
	v := view{template: "desk_act", title: c.Lang.Text("desk.act." + string(p)), body: b}
	if len(b.Problems) > 0 || len(b.Queries) > 0 && c.Form.Get("do") == "record" {
		v.status = http.StatusUnprocessableEntity
	}
	return v, nil
}

// standing finds the act that the form is about, and fills the form with it.
func (s *Site) standing(c *clerk, b *actForm, record domain.RecordID) error {
	if b.Purpose == toRecord {
		if text := c.Form.Get("arrival"); text != "" {
			if err := b.fromArrival(c, text); err != nil {
				return err
			}
		}
		if id, err := find.Treaty(c.Views.State, strings.TrimSpace(c.Form.Get("treaty"))); err == nil {
			b.Treaty = id
		}
		return nil
	}
	detail, ok, err := s.Ledger.Record(c.Views.Now(c.Today), record)
	if err != nil {
		return err
	}
	if !ok {
		return missing("act", record.String())
	}
	b.Standing, b.Treaty = &detail, detail.Treaty
	if c.Method == http.MethodGet && detail.Current != nil {
		act := detail.Current.ToDomain()
		b.Form, b.Documents = formOf(&act), act.Documents
	}
	return nil
}

// fromArrival finds what arrived, and fills a new form with what it says.
func (b *actForm) fromArrival(c *clerk, text string) error {
	id, err := domain.ParseRecordID(text)
	course, ok := c.Views.State.Arrival(id)
	if err != nil || !ok {
		return missing("act", text)
	}
	b.Arrival, b.Checks = course, c.Views.State.CheckArrival(course, nil)
	if c.Method != http.MethodGet {
		return nil
	}
	a := &course.Arrival
	act := domain.Action{Participant: a.Participant, Kind: a.Foreseen, Date: a.Received, Document: a.Document}
	b.Form, b.Documents = formOf(&act), a.Documents
	b.Form.Set("arrival", text)
	if t, ok := c.Views.State.Treaty(course.Treaty, domain.Everything()); ok {
		b.Form.Set("treaty", t.Short)
	}
	return nil
}

// offer returns the form what can be chosen.
func (b *actForm) offer(c *clerk) {
	b.Statements = []domain.ActionKind{domain.Reservation, domain.InterpretativeDecl, domain.OptionalDeclaration, domain.Notification, domain.TerritorialApplication, domain.TerritorialExclusion}
	b.Treaties = projections.Treaties(c.Views.Now(c.Today))
	for _, p := range c.Views.State.Participants(domain.Everything()) {
		b.Participants = append(b.Participants, *p)
	}
	if b.Form.Get("date") == "" && c.Method == http.MethodGet {
		b.Form.Set("date", c.Today.String())
	}
}

// carryAct does what the form asks for. It returns the address of what came of it,
// empty where the form is shown again.
func (s *Site) carryAct(c *clerk, b *actForm) (address string, err error) {
	b.attach(s, c)
	command := b.command(c)
	if c.Form.Get("do") == "more" || len(b.Problems) > 0 {
		return "", nil
	}
	w := commands.Actor{Identity: c.Identity, ID: c.Form.Get("id")}
	if c.Form.Get("do") == "record" {
		if b.Changed = c.Form.Get("previewed") != b.digest(); !b.Changed {
			receipt, err := s.Secretariat.Carry(c.Context(), w, command)
			if err == nil {
				return c.outcome(receipt), nil
			}
			if err := b.take(err); err != nil {
				return "", err
			}
		}
	}
	return "", s.preview(c, b, w, command)
}

// outcome is where what was carried out is shown.
func (c *clerk) outcome(r commands.Receipt) string {
	if r.Proposal != "" {
		return "/" + c.Lang.Tag + "/desk/proposals/" + url.PathEscape(r.Proposal)
	}
	return fmt.Sprintf("/%s/desk/done/%d", c.Lang.Tag, r.Position)
}

// preview shows what would follow on the law as it is now.
func (s *Site) preview(c *clerk, b *actForm, w commands.Actor, command domain.Command) error {
	b.Meanwhile = s.meanwhile(b)
	revision := s.Projection.Current().State.Revision(b.Treaty)
	b.Form.Set("seen", strconv.FormatUint(revision, 10))
	commands.Seen(command, revision)
	if w.ID == "" || b.Changed {
		w.ID = uuid.Must(uuid.NewV7()).String()
		b.Form.Set("id", w.ID)
	}
	stale := slices.ContainsFunc(b.Problems, func(f domain.Finding) bool { return f.Code == domain.CodeStaleRevision })
	if len(b.Problems) > 0 && !stale {
		return nil
	}
	b.Problems = nil
	receipt, err := s.Secretariat.Preview(w, command)
	if err != nil {
		return b.take(err)
	}
	b.Preview = &receipt
	b.Form.Set("previewed", b.digest())
	b.Told = s.told(c, receipt.Notices)
	return nil
}

// take puts what stands in the way into the form; an internal error is an
// error still.
func (b *actForm) take(err error) error {
	var decision *recorder.DecisionError
	var input *projections.InputError
	switch {
	case errors.As(err, &decision):
		b.Problems, b.Queries = inForm(decision.Refusals), inForm(decision.Queries)
	case errors.As(err, &input):
		b.Problems = inForm([]domain.Finding{{Field: input.Field, Kind: domain.Rejected, Message: input.Reason, Accepted: input.Accepted}})
	default:
		return err
	}
	return nil
}

// inAct is how findings name a field of an act: of a command with several, of
// one that is corrected, and of the statement in it.
var inAct = regexp.MustCompile(`^(?:actions\[(\d+)\]|action)\.(?:statement\.)?(\w+)`)

// inForm names the fields of findings as the form does.
func inForm(findings []domain.Finding) []domain.Finding {
	findings = slices.Clone(findings)
	for i, f := range findings {
		m := inAct.FindStringSubmatch(f.Field)
		if m == nil {
			continue
		}
		findings[i].Field = m[2]
		if m[2] == "documents" {
			findings[i].Field = "file"
		}
		if m[1] != "" && m[1] != "0" {
			n, _ := strconv.Atoi(m[1]) // digits, as the expression has it
			findings[i].Field = fmt.Sprintf("with-%s-%d", map[string]string{"action": "action", "articles": "articles", "language": "language"}[m[2]], n-1)
			if !slices.Contains([]string{"action", "articles", "language"}, m[2]) {
				findings[i].Field = fmt.Sprintf("with-text-%d", n-1)
			}
		}
	}
	return findings
}

// meanwhile returns what others have recorded about the treaty since its writer
// looked.
func (s *Site) meanwhile(b *actForm) (commits []projections.CommitView) {
	seen, err := strconv.ParseUint(b.Form.Get("seen"), 10, 64)
	if err != nil || seen == 0 || s.Projection.Current().State.Revision(b.Treaty) <= seen {
		return nil // what arrived meanwhile changes no law
	}
	page, err := s.Ledger.Page(projections.LedgerQuestion{Treaty: b.Treaty, After: eventstore.Position(seen), Limit: deskLines})
	if err != nil {
		s.Logger.Error("what was recorded meanwhile cannot be read", "cause", err)
	}
	return page.Commits
}

// told returns the subscriptions that ask for one of the notices.
func (s *Site) told(c *clerk, notices []notices.Notice) (told []webhooks.Subscription) {
	if s.Webhooks == nil {
		return nil
	}
	all, err := s.Webhooks.List(c.Context())
	if err != nil {
		s.Logger.Warn("subscriptions cannot be listed", "cause", err)
		return nil
	}
	for _, subscription := range all {
		if subscription.State == webhooks.Active && slices.ContainsFunc(notices, subscription.Filter.Matches) {
			told = append(told, subscription)
		}
	}
	return told
}

// attach takes in the document that came with the form, and keeps the ones that
// came before.
func (b *actForm) attach(s *Site, c *clerk) {
	dropped := c.Form["drop"]
	for _, text := range c.Form["attached"] {
		doc, ok := parseAttached(text)
		if ok && !slices.Contains(dropped, doc.Digest) {
			b.Documents = append(b.Documents, doc)
		}
	}
	if c.MultipartForm == nil {
		return
	}
	for _, header := range c.MultipartForm.File["file"] {
		if header.Filename == "" || header.Size == 0 {
			continue
		}
		file, err := header.Open()
		if err == nil {
			var doc domain.Document
			doc, err = s.Secretariat.Bring(c.Context(), header.Filename, header.Header.Get("Content-Type"), file)
			_ = file.Close() // it was only read
			if !slices.ContainsFunc(b.Documents, func(d domain.Document) bool { return d.Digest == doc.Digest }) && err == nil {
				b.Documents = append(b.Documents, doc)
			}
		}
		if err != nil {
			s.Logger.Warn("a document cannot be taken in", "cause", err)
			b.problem("file", c.Lang.Text("desk.act.notTaken", "name", header.Filename), fmt.Sprintf("1 byte – %d MiB", commands.MaxDocument>>20))
		}
	}
}

// attached writes a document for the form: the digest says which one it is.
func attached(d domain.Document) string {
	return strings.Join([]string{d.Digest, strconv.Itoa(d.Size), d.Type, d.Name}, "|")
}

func parseAttached(text string) (d domain.Document, ok bool) {
	parts := strings.SplitN(text, "|", 4)
	if len(parts) != 4 {
		return d, false
	}
	size, err := strconv.Atoi(parts[1])
	return domain.Document{Digest: parts[0], Size: size, Type: parts[2], Name: parts[3]}, err == nil
}

func (b *actForm) problem(field, message, accepted string) {
	b.Problems = append(b.Problems, domain.Finding{Kind: domain.Rejected, Field: field, Message: message, Accepted: accepted})
}

// digest is of everything that the form says; what decides how it is sent, and
// what was shown, apart.
func (b *actForm) digest() string {
	said := url.Values{}
	for name, values := range b.Form {
		switch name {
		case "do", "previewed", "seen", "id", "reason", "attached", "drop":
		default:
			for _, value := range values {
				said.Add(name, strings.ReplaceAll(strings.TrimSpace(value), "\r\n", "\n"))
			}
		}
	}
	for _, d := range b.Documents {
		said.Add("document", d.Digest)
	}
	sum := sha256.Sum256([]byte(said.Encode()))
	return hex.EncodeToString(sum[:])
}

// deskDone shows what was recorded.
func (s *Site) deskDone(c *clerk) (view, error) {
	text := c.PathValue("position")
	position, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return view{}, missing("commit", text)
	}
	commit, ok, err := s.Ledger.Commit(eventstore.Position(position))
	if err != nil {
		return view{}, err
	}
	if !ok {
		return view{}, missing("commit", text)
	}
	notices, err := s.Notices.At(commit.Position)
	return view{template: "desk_done", title: c.Lang.Text("desk.act.done", "position", commit.Position), body: doneBody{commit, notices, s.dueAfter(c, commit)}}, err
}

type doneBody struct {
	projections.CommitView
	Notices []notices.Notice
	Due     intrayGroup // what is to be notified now
}
