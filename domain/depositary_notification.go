package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Depositary notifications. The depositary informs the parties, and those that
// are entitled to become parties, of what it has received (VCLT 77(1)(e), 78(c)).
// A notification is numbered when it is issued, year by year and without gaps,
// and is never changed: what was wrong in it is set right by a corrigendum, which
// is another notification that names it.

// DepositaryNotification is what is issued about acts of one participant.
type DepositaryNotification struct {
	Records  []RecordID         // the acts; each by any of its records
	Corrects RecordID           // of a corrigendum: the notification that it corrects
	Texts    []NotificationText // in each language once
}

// NotificationText is a notification in one language. The text does not repeat
// its reference, which is not known before it is issued.
type NotificationText struct {
	Language string
	Title    string
	Text     string
}

// NotificationTemplate is from what a notification is drafted, for one kind of
// act and language. Words in braces stand for what the act says.
type NotificationTemplate struct {
	Of string // a kind of act; Corrigendum; or empty for every other
	NotificationText
}

// Corrigendum is what the template of a corrigendum is of.
const Corrigendum = "corrigendum"

// TemplateFields lists what a template may name in braces.
func TemplateFields() []string {
	return []string{"participant", "treaty", "adopted", "action", "date", "received", "effect", "statement", "corrected"}
}

// IssueNotification issues a notification about acts of a treaty.
type IssueNotification struct {
	Treaty       TreatyID
	Notification DepositaryNotification
	Seen         uint64 // revision of the treaty that the writer had seen; 0: not said
}

// DefineTemplate adds a template, or replaces it.
type DefineTemplate struct {
	Template NotificationTemplate
	Reason   string
}

// NotificationIssued says that a notification was issued.
type NotificationIssued struct {
	Reference    string // C.N.62.2017.TREATIES-XVIII.10
	Number       int    // within the year, from 1
	Day          Date
	Participant  ParticipantID
	Notification DepositaryNotification
}

// TemplateDefined says from what notifications are drafted from now on.
type TemplateDefined struct {
	Template NotificationTemplate
	Reason   string
}

func (*IssueNotification) command() {}
func (*DefineTemplate) command()    {}
func (*NotificationIssued) event()  {}
func (*TemplateDefined) event()     {}

// About returns whose acts it is about.
func (e *NotificationIssued) About() ParticipantID { return e.Participant }

// About returns nothing: a template is about no one.
func (*TemplateDefined) About() ParticipantID { return "" }

// IssuedNotification is a notification in its place in the ledger.
type IssuedNotification struct {
	ID     RecordID
	Treaty TreatyID
	NotificationIssued
	CorrectedBy RecordID // the corrigendum to it; zero: none
}

// Notifications returns everything that was issued, in the ledger's order.
func (s *State) Notifications() []*IssuedNotification { return s.notifications }

// Notification returns the one of a reference; case does not matter.
func (s *State) Notification(reference string) (*IssuedNotification, bool) {
	i := slices.IndexFunc(s.notifications, func(n *IssuedNotification) bool { return strings.EqualFold(n.Reference, reference) })
	if i < 0 {
		return nil, false
	}
	return s.notifications[i], true
}

// NotificationsOf returns those that are about an act, by its first record.
func (s *State) NotificationsOf(act RecordID) (all []*IssuedNotification) {
	for _, n := range s.notifications {
		if slices.Contains(n.Notification.Records, act) {
			all = append(all, n)
		}
	}
	return all
}

// Template returns the template that was defined for a kind of act and a language.
func (s *State) Template(of, language string) (NotificationTemplate, bool) {
	for _, t := range slices.Backward(s.templates) {
		if t.Of == of && t.Language == language {
			return *t, true
		}
	}
	return NotificationTemplate{}, false
}

// Templates returns the templates as they were defined, the latest of each last.
func (s *State) Templates() []*NotificationTemplate { return s.templates }

// notificationReference is written as the Secretary-General writes it:
// C.N.62.2017.TREATIES-XVIII.10.
func notificationReference(number, year int, treaty TreatyID) string {
	return fmt.Sprintf("C.N.%d.%d.TREATIES-%s", number, year, strings.ReplaceAll(string(treaty), "-", "."))
}

// nextNumber returns the number that the next notification of a year has: one
// more than the last that was issued here; or, for the first, than the highest
// that acts name, so that no number is given twice.
func (s *State) nextNumber(year int) int {
	for _, n := range slices.Backward(s.notifications) {
		if n.Day.Year() == year {
			return n.Number + 1
		}
	}
	highest, marker := 0, fmt.Sprintf(".%d.TREATIES", year)
	for _, d := range s.dossiers {
		for _, p := range d.participations {
			for _, r := range p.records {
				if r.Action == nil {
					continue
				}
				if number, ok := strings.CutPrefix(r.Action.Notification, "C.N."); ok {
					if number, _, ok = strings.Cut(number, marker); ok {
						highest = max(highest, atoi(number))
					}
				}
			}
		}
	}
	return highest + 1
}

// issued folds a notification into the draft: its acts are notified by it, unless
// they were before (VCLT 78(c)).
func (d *Draft) issued(e Entry, event *NotificationIssued) error {
	d.notifications = append(slices.Clone(d.notifications), &IssuedNotification{ID: e.ID, Treaty: e.Treaty, NotificationIssued: *event})
	if corrected := event.Notification.Corrects; !corrected.IsZero() {
		i := slices.IndexFunc(d.notifications, func(n *IssuedNotification) bool { return n.ID == corrected })
		if i < 0 {
			return fmt.Errorf("record %s: no notification %s was issued", e.ID, corrected)
		}
		before := *d.notifications[i]
		before.CorrectedBy = e.ID
		d.notifications[i] = &before
	}
	for _, act := range event.Notification.Records {
		notified := &Action{Participant: event.Participant, Notified: event.Day, Notification: event.Reference}
		if err := d.addRecord(e, event.Participant, Record{ID: e.ID, Op: OpNotified, Target: act, Action: notified}); err != nil {
			return err
		}
	}
	return nil
}

// notify sets in the acts the day and the reference by which they were notified,
// where their own records do not state them.
func notify(acts []Act, notified []*Record) {
	for _, n := range notified {
		i := slices.IndexFunc(acts, func(a Act) bool { return a.ID == n.Target })
		if i < 0 || acts[i].Action().Notification != "" {
			continue
		}
		version, action := *acts[i].Version, *acts[i].Action()
		action.Notification, action.Notified = n.Action.Notification, action.Notified.Or(n.Action.Notified)
		version.Action = &action
		acts[i].Version = &version
	}
}

func (d *decider) issueNotification(c *IssueNotification) {
	if !d.begin(c.Treaty, "", c.Seen) {
		return
	}
	n := c.Notification
	n.Records = slices.Clone(n.Records)
	if len(n.Records) == 0 || len(n.Records) > maxList {
		d.add(reject(CodeFieldRequired, "records", fmt.Sprintf("%d acts", len(n.Records))).citing("VCLT 77(1)(e)").accepting(fmt.Sprintf("the records of 1 to %d acts", maxList)))
		return
	}
	participant := d.notifiedActs(c.Treaty, n.Records)
	d.checkCorrigendum(c.Treaty, &n)
	d.checkTexts(n.Texts)
	if len(d.Refusals) > 0 {
		return
	}
	number := d.draft.nextNumber(d.today.Year())
	d.accept(c.Treaty, &NotificationIssued{Reference: notificationReference(number, d.today.Year(), c.Treaty), Number: number, Day: d.today, Participant: participant, Notification: n}, "notification")
}

// notifiedActs puts the first records of acts in the place of any of theirs, and
// returns whose acts they are: one notification tells of the acts of one
// participant.
func (d *decider) notifiedActs(treaty TreatyID, records []RecordID) (of ParticipantID) {
	for i, id := range records {
		field := fmt.Sprintf("records[%d]", i)
		part, record, found := d.draft.FindRecord(treaty, id)
		if !found || record.Op == OpAnnulled || record.Op == OpNotified {
			d.add(unknownRecord(treaty, id).in(fmt.Sprintf("records[%d].", i)))
			continue
		}
		records[i] = record.root()
		if _, standing := standingVersion(actsAsTheyStand(part.records, Axes{}), record.root()); standing == nil {
			d.add(reject(CodeRecordAnnulled, field, fmt.Sprintf("record %s was annulled", id)).accepting("an act that stands"))
		}
		if of != "" && part.Participant != of {
			d.add(reject(CodeFieldInvalid, field, fmt.Sprintf("record %s is of %s, and the first of %s", id, part.Participant, of)).accepting("acts of one participant"))
		}
		if slices.Contains(records[:i], records[i]) {
			d.add(reject(CodeFieldInvalid, field, fmt.Sprintf("record %s is named twice", id)).accepting("each act once"))
		}
		of = part.Participant
	}
	return of
}

// checkCorrigendum: an act is notified once, and again only by a corrigendum to
// the last notification about it.
func (d *decider) checkCorrigendum(treaty TreatyID, n *DepositaryNotification) {
	if !n.Corrects.IsZero() {
		i := slices.IndexFunc(d.draft.notifications, func(other *IssuedNotification) bool { return other.ID == n.Corrects && other.Treaty == treaty })
		switch {
		case i < 0:
			d.add(reject(CodeUnknownRecord, "corrects", fmt.Sprintf("no notification %s was issued about %s", n.Corrects, treaty)).accepting("the id of a notification about the treaty"))
		case !d.draft.notifications[i].CorrectedBy.IsZero():
			d.add(reject(CodeAlreadyNotified, "corrects", fmt.Sprintf("%s was corrected by %s", d.draft.notifications[i].Reference, d.draft.notifications[i].CorrectedBy)).
				accepting("a corrigendum to the last corrigendum"))
		}
		return
	}
	for i, act := range n.Records {
		if issued := d.draft.NotificationsOf(act); len(issued) > 0 {
			last := issued[len(issued)-1]
			d.add(reject(CodeAlreadyNotified, fmt.Sprintf("records[%d]", i), fmt.Sprintf("record %s was notified by %s", act, last.Reference)).
				accepting("a corrigendum, which names " + last.ID.String() + " as what it corrects"))
		}
	}
}

// checkTexts: the text is there in one language at least, in each once.
func (d *decider) checkTexts(texts []NotificationText) {
	if len(texts) == 0 {
		d.add(reject(CodeFieldRequired, "texts", "a notification has a text").accepting("a title and a text in at least one language, such as en and fr"))
	}
	var languages []string
	for i, t := range texts {
		d.add(checkText(t, fmt.Sprintf("texts[%d].", i))...)
		if slices.Contains(languages, t.Language) {
			d.add(reject(CodeFieldInvalid, fmt.Sprintf("texts[%d].language", i), fmt.Sprintf("there are two texts in %q", t.Language)).accepting("each language once"))
		}
		languages = append(languages, t.Language)
	}
}

func checkText(t NotificationText, prefix string) (findings []Finding) {
	for _, f := range []struct {
		field, text string
		limit       int
	}{{"language", t.Language, 35}, {"title", t.Title, maxReason}, {"text", t.Text, maxStatement}} {
		if strings.TrimSpace(f.text) == "" {
			findings = append(findings, reject(CodeFieldRequired, prefix+f.field, "it is empty").accepting("the language, the title and the text"))
		}
		findings = append(findings, tooLong(prefix+f.field, f.text, f.limit)...)
	}
	return findings
}

// defineTemplate refuses a template that names what no act has.
func (d *decider) defineTemplate(c *DefineTemplate) {
	d.reason = strings.TrimSpace(c.Reason)
	d.add(tooLong("reason", d.reason, maxReason)...)
	t := c.Template
	if t.Of != "" && t.Of != Corrigendum && !ActionKind(t.Of).Known() {
		d.add(reject(CodeUnknownAction, "of", fmt.Sprintf("%q is not an act", t.Of)).accepting("a kind of act, " + Corrigendum + ", or nothing for every other act"))
	}
	d.add(checkText(t.NotificationText, "")...)
	for _, text := range []struct{ field, text string }{{"title", t.Title}, {"text", t.Text}} {
		for _, name := range bracedNames(text.text) {
			if !slices.Contains(TemplateFields(), name) {
				d.add(reject(CodeFieldInvalid, text.field, fmt.Sprintf("no act has %q", "{"+name+"}")).accepting("{" + strings.Join(TemplateFields(), "}, {") + "}"))
			}
		}
	}
	if before, ok := d.draft.Template(t.Of, t.Language); ok && before == t {
		d.add(reject(CodeNothingChanged, "text", "the template says this already"))
	}
	if len(d.Refusals) == 0 {
		d.accept("", &TemplateDefined{t, d.reason}, "template")
	}
}

// bracedNames lists the words in braces of a text.
func bracedNames(text string) (names []string) {
	for {
		_, rest, open := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			return names
		}
		names, text = append(names, name), after
	}
}
